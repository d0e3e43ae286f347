import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'

/** More entries than this count as too much, whatever their size. */
export const MOST_ENTRIES = 20_000

/** Whether the files below a folder take more than `maxBytes`, or are more than 20 000. Links are not followed. */
export async function isOver(folder: string, maxBytes: number): Promise<boolean> {
  let bytes = 0
  let entries = 0
  for (const waiting = [folder]; waiting.length > 0;) {
    const path = waiting.pop() ?? folder
    try {
      for await (const entry of await opendir(path)) {
        entries += 1
        const child = join(path, entry.name)
        if (entry.isDirectory()) waiting.push(child)
        // What is really taken: a sparse file of a gigabyte takes nothing.
        else bytes += (await lstat(child)).blocks * 512
        if (bytes > maxBytes || entries > MOST_ENTRIES) return true
      }
    } catch {
      // Gone while it was looked at, or closed to us: what cannot be seen is not counted.
    }
  }
  return false
}
