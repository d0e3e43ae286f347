import { setImmediate } from 'node:timers/promises'

/** How much is measured: enough for figures that hold, or enough to see that all is well. */
export interface Effort {
  readonly isQuick: boolean
  /** For how long a piece of work is done before it is timed. */
  readonly warmUpMs: number
  /** How often it is timed; the median counts. */
  readonly repetitions: number
  /** How many messages are timed together at the least, so that one timing takes tens of milliseconds. */
  readonly messagesAtOnce: number
}

/** A piece of work that is measured as a whole. */
export type Work = () => unknown

/**
 * The median time of each piece of work in milliseconds. They are timed by turns, so that a busy moment of the machine
 * meets all of them; each is done once before it is timed, so that it meets its own garbage and not that of the one
 * before, which may have left five times as much.
 *
 * Garbage is not collected in between: a full collection while no chat is held throws away compiled code, and the next
 * timing would be one of the compiler.
 */
export async function timesOf(works: readonly Work[], { warmUpMs, repetitions }: Effort): Promise<number[]> {
  for (const work of works) await warmUp(work, warmUpMs)
  const times = works.map((): number[] => [])
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const [index, work] of works.entries()) {
      await work()
      times[index]?.push(await timeOf(work))
    }
  }
  return times.map(median)
}

/**
 * The shortest time of each piece of work in milliseconds, out of many short ones that are taken by turns: for what is
 * told by a small difference between large figures, which any busy moment would hide.
 */
export async function shortestTimesOf(works: readonly Work[], { warmUpMs, repetitions }: Effort): Promise<number[]> {
  for (const work of works) await warmUp(work, warmUpMs)
  const shortest = works.map(() => Infinity)
  for (let repetition = 0; repetition < 20 * repetitions; repetition++) {
    for (const [index, work] of works.entries()) shortest[index] = Math.min(shortest[index] ?? 0, await timeOf(work))
  }
  return shortest
}

/** How many bytes of the heap are held by what the work gives back. */
export async function heapHeldBy(work: Work): Promise<number> {
  const before = await settledHeap()
  const results = [await work()]
  const after = await settledHeap()
  // Used here, so that it is held until the heap was read.
  results.pop()
  return after - before
}

/** The bytes of the heap that are in use once garbage was collected. */
export function collectedHeap(): number {
  if (!globalThis.gc) throw new Error('Garbage cannot be collected. Run the benchmark with: npm run bench.')
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

/** Does a piece of work several times, one after the other. */
export async function repeat(count: number, work: Work): Promise<void> {
  for (let index = 0; index < count; index++) await work()
}

/** The middle one of some figures. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b)
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  return (lower + upper) / 2
}

async function warmUp(work: Work, warmUpMs: number): Promise<void> {
  const start = performance.now()
  while (performance.now() - start < warmUpMs) await work()
}

async function timeOf(work: Work): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** As {@link collectedHeap}, collected twice with the event loop between: what is held weakly is let go in the second pass. */
export async function settledHeap(): Promise<number> {
  collectedHeap()
  await setImmediate()
  return collectedHeap()
}
