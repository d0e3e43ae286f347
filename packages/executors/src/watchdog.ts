import { stat, statfs } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { ExecutionEnd, ExecutionLimits } from 'conversable'
import { isOver, MOST_ENTRIES } from './disk-use.ts'
import { sharedOnce, treeUse, type TreeUse } from './process-tree.ts'

/** What is watched while a program runs. */
export interface Watched extends Pick<ExecutionLimits, 'memoryBytes' | 'processes' | 'diskBytes'> {
  /** The folder whose size is looked at; left out where something else bounds it. */
  readonly folder?: string
  /** Folders in memory, as the programs see them, whose number of files is looked at: their size is bounded already. */
  readonly bounded?: readonly string[]
}

/** How often processes and folder are looked at. Elsewhere than on Linux it takes a program to look. */
const EVERY_MS = process.platform === 'linux' ? 100 : 500
/** How often, once a program uses half of its memory. */
const CLOSE_MS = EVERY_MS / 4

/**
 * Looks at memory, number of processes and disk until `signal` says that the program has ended, and calls `onOver`
 * with the first limit that is passed. Between two looks a program may go beyond it.
 */
export async function watch(
  pid: number,
  watched: Watched,
  { signal, onOver }: { readonly signal: AbortSignal; readonly onOver: (limit: ExecutionEnd) => void },
): Promise<void> {
  let waitMs = EVERY_MS
  while (!signal.aborted) {
    await delay(waitMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    const use = await treeUse(pid).catch(() => undefined)
    if (!use) continue
    waitMs = use.memoryBytes > watched.memoryBytes / 2 ? CLOSE_MS : EVERY_MS
    const over = await overLimit(use, watched)
    if (over) return onOver(over)
  }
}

async function overLimit(use: TreeUse, watched: Watched): Promise<ExecutionEnd | undefined> {
  const { memoryBytes, processes, diskBytes, folder, bounded = [] } = watched
  if (use.memoryBytes > memoryBytes && (sharedOnce(use.pids) ?? use.memoryBytes) > memoryBytes) return 'memory'
  // The sandbox's own processes are not the program's.
  if (use.pids.length > processes + 4) return 'processes'
  if (folder !== undefined && (await isOver(folder, diskBytes))) return 'disk'
  for (const path of bounded) if ((await entriesIn(use.pids.at(-1), path)) > MOST_ENTRIES) return 'disk'
  return undefined
}

/**
 * How many files a file system has that a process sees at a path. Each takes memory that counts nowhere. A process that
 * still sees the host's own root is not in its sandbox yet, and has no files there.
 */
async function entriesIn(pid: number | undefined, path: string): Promise<number> {
  const root = `/proc/${pid}/root`
  try {
    const [seen, own] = await Promise.all([stat(`${root}/`, { bigint: true }), stat('/', { bigint: true })])
    if (seen.dev === own.dev && seen.ino === own.ino) return 0
    const { files, ffree } = await statfs(root + path)
    return files - ffree
  } catch {
    // It has ended, or has no such folder yet.
    return 0
  }
}
