import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

/** What the processes of a run use together. */
export interface TreeUse {
  readonly pids: readonly number[]
  /** Memory that they hold; what several share counts for each. */
  readonly memoryBytes: number
}

const PAGE = 4096

/** A process and all that it started, directly or not, and the memory they hold. Processes that were given away are not seen. */
export async function treeUse(root: number): Promise<TreeUse> {
  if (process.platform === 'linux') return linuxTree(root)
  return process.platform === 'win32' ? { pids: [root], memoryBytes: 0 } : psTree(root)
}

function linuxTree(root: number): TreeUse {
  const pids: number[] = []
  let memoryBytes = 0
  for (let waiting = [root]; waiting.length > 0;) {
    const pid = waiting.pop() ?? root
    // A process that ends meanwhile reads as nothing.
    const [, resident = '0'] = read(`/proc/${pid}/statm`).split(' ')
    pids.push(pid)
    memoryBytes += Number(resident) * PAGE
    waiting = waiting.concat(childrenOf(pid))
  }
  return { pids, memoryBytes }
}

function childrenOf(pid: number): number[] {
  return list(`/proc/${pid}/task`).flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
  )
}

/** All that a process started, directly or not, where the system tells at once. */
export function descendants(pid: number): number[] {
  return process.platform === 'linux' ? linuxTree(pid).pids.slice(1) : []
}

/**
 * The memory that processes hold, what they share counted once; `undefined` where the system does not say. It takes
 * longer to find out than the sum of {@link treeUse}.
 */
export function sharedOnce(pids: readonly number[]): number | undefined {
  let bytes = 0
  let seen = false
  for (const pid of pids) {
    const [, kibibytes] = /^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`)) ?? []
    if (kibibytes === undefined) continue
    seen = true
    bytes += Number(kibibytes) * 1024
  }
  return seen ? bytes : undefined
}

/** The processes that have a variable in the environment that they were started with; Linux alone tells. */
export function pidsWith(variable: string): number[] {
  if (process.platform !== 'linux') return []
  return list('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(variable))
    .map(Number)
}

/** Ends processes at once. Those that are gone, or belong to somebody else, are left. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Gone.
    }
  }
}

async function psTree(root: number): Promise<TreeUse> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,rss='], {
    env: { PATH: '/bin:/usr/bin' },
  })
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  const pids = [root]
  for (const parent of pids) {
    for (const [pid = 0, ppid] of rows) if (ppid === parent && !pids.includes(pid)) pids.push(pid)
  }
  const kibibytes = rows.filter(([pid = 0]) => pids.includes(pid)).reduce((sum, [, , rss = 0]) => sum + rss, 0)
  return { pids, memoryBytes: kibibytes * 1024 }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
