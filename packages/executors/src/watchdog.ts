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
  /** Folders in memory whose size nothing bounds: together they may take what files may take. */
  readonly unbounded?: readonly string[]
}

/** What the system calls a file system in memory. */
const TMPFS = 0x0102_1994
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
  const { memoryBytes, processes, diskBytes, folder, bounded = [], unbounded = [] } = watched
  if (use.memoryBytes > memoryBytes && (sharedOnce(use.pids) ?? use.memoryBytes) > memoryBytes) return 'memory'
  // The sandbox's own processes are not the program's.
  if (use.pids.length > processes + 4) return 'processes'
  if (folder !== undefined && (await isOver(folder, diskBytes))) return 'disk'
  const pid = use.pids.at(-1)
  for (const path of bounded) if ((await memoryAt(pid, path)).entries > MOST_ENTRIES) return 'disk'
  const taken = await Promise.all(unbounded.map((path) => memoryAt(pid, path)))
  const isTooMuch = taken.reduce((sum, { bytes }) => sum + bytes, 0) > diskBytes
  return isTooMuch || taken.some(({ entries }) => entries > MOST_ENTRIES) ? 'disk' : undefined
}

/**
 * What the file system in memory takes that a process sees at a path: files count nowhere else, however small. A process
 * that still sees the host's own is not in its sandbox yet, and has no files there.
 */
async function memoryAt(
  pid: number | undefined,
  path: string,
): Promise<{ readonly entries: number; readonly bytes: number }> {
  const inside = `/proc/${pid}/root${path}`
  const [stats, found, host] = await Promise.all([
    statfs(inside),
    stat(inside),
    stat(path).catch(() => undefined),
  ]).catch(() => [])
  // It has ended, or has no such folder, or sees that of the host.
  if (stats?.type !== TMPFS || found?.dev === host?.dev) return { entries: 0, bytes: 0 }
  return { entries: stats.files - stats.ffree, bytes: (stats.blocks - stats.bfree) * stats.bsize }
}
