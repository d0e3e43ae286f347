import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
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

/** How often it is looked whether processes stand still, and how long one look waits for the next. */
const STILL_LOOKS = 100
const STILL_MS = 1

/**
 * Stops all that a process started, without its being able to object, until none of it moves. What it starts meanwhile
 * is stopped too. Linux alone; {@link resume} lets them go on.
 */
export async function pause(pid: number): Promise<void> {
  let before = ''
  for (let look = 0; look < STILL_LOOKS; look += 1) {
    const pids = descendants(pid)
    signalAll(pids, 'SIGSTOP')
    const now = pids.join(' ')
    if (now === before && pids.every(isStill)) return
    before = now
    await delay(STILL_MS)
  }
}

/** Lets all that a process started go on. */
export function resume(pid: number): void {
  signalAll(descendants(pid), 'SIGCONT')
}

/** Whether a process is stopped, waits for the machine, or is dead. */
function isStill(pid: number): boolean {
  const state = read(`/proc/${pid}/stat`).replace(/^.*\) /s, '')[0]
  return state === undefined || 'TtDZX'.includes(state)
}

/** Ends processes at once. Those that are gone, or belong to somebody else, are left. */
export function killAll(pids: readonly number[]): void {
  signalAll(pids, 'SIGKILL')
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
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
