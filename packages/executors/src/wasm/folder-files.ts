import { constants, lstatSync, readdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { writeInto } from '../code-file.ts'
import { isFileName } from '../file-name.ts'
import { joined } from './bytes.ts'

/** The name that a program is saved under which asked for none: no other program needs it. */
const SAVED_PROGRAM = /^tmp_code_[0-9a-f]{32}\.\w+$/

/** Which files a program is to find. */
export interface FolderToRead {
  readonly folder: string
  /** The program's own file. */
  readonly program: string
  readonly maxBytes: number
}

/**
 * Reads the files of a folder, but for links, what is no file, and earlier programs that have no name of their own.
 * Gives nothing if they are too much.
 */
export async function readFolder(request: FolderToRead): Promise<Map<string, Uint8Array> | undefined> {
  const { folder, program, maxBytes } = request
  const files = new Map<string, Uint8Array>()
  let bytes = 0
  for (const waiting = ['']; waiting.length > 0;) {
    const path = waiting.pop() ?? ''
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      const name = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.isDirectory()) waiting.push(name)
      if (!entry.isFile() || (name !== program && SAVED_PROGRAM.test(name))) continue
      bytes += lstatSync(join(folder, name)).size
      if (bytes > maxBytes || files.size >= 20_000) return undefined
      files.set(name, await readPlain(join(folder, name)))
    }
  }
  return files
}

/** All links in a folder, as paths. */
export function linksIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Neither follows a link nor waits for a pipe. Windows knows neither flag, and `undefined` counts as none. */
const READ_PLAIN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

async function readPlain(path: string): Promise<Uint8Array> {
  const file = await open(path, READ_PLAIN)
  try {
    return new Uint8Array(await file.readFile())
  } finally {
    await file.close()
  }
}

/** What a program changed in its own copy of a folder. */
export interface FolderChanges {
  readonly written: ReadonlyMap<string, readonly Uint8Array[]>
  readonly removed: ReadonlySet<string>
}

/** Makes a program's changes in the folder itself. Gives the names that cannot be written there. */
export async function applyChanges(folder: string, { written, removed }: FolderChanges): Promise<string[]> {
  for (const name of removed) if (isFileName(name)) rmSync(join(folder, name), { force: true })
  const refused: string[] = []
  for (const [name, pieces] of written) {
    if (!(await writeInto(folder, { name, content: joined(pieces) }))) refused.push(name)
  }
  return refused
}
