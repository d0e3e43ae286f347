import { ConfigurationError, type ExecutionLimits } from 'conversable'
import { refused } from './check-execution.ts'
import { quote } from './quote.ts'

/** The smallest and the largest value of each limit that an executor can hold. */
export type LimitRanges = Readonly<Record<keyof ExecutionLimits, readonly [least: number, most: number]>>

/** What holds where nothing else is asked for. */
export const DEFAULT_LIMITS: ExecutionLimits = Object.freeze({
  timeoutMs: 60_000,
  memoryBytes: 512 * 1024 * 1024,
  processes: 64,
  diskBytes: 64 * 1024 * 1024,
  fileBytes: 64 * 1024 * 1024,
  outputBytes: 1024 * 1024,
})

const ANY = [1, Number.MAX_SAFE_INTEGER] as const

/** What can be asked of executors that run programs of the machine. */
export const PROCESS_RANGES: LimitRanges = Object.freeze({
  // What a timer can wait for.
  timeoutMs: [1, 2 ** 31 - 1],
  // What an interpreter takes to start.
  memoryBytes: [32 * 1024 * 1024, Number.MAX_SAFE_INTEGER],
  // A program, and what stands around it.
  processes: [8, 100_000],
  diskBytes: [64 * 1024, Number.MAX_SAFE_INTEGER],
  fileBytes: ANY,
  outputBytes: [1, 64 * 1024 * 1024],
})

/** What can be asked of executors whose programs run inside an engine that takes `least` bytes to start. */
export function engineRanges(least: number): LimitRanges {
  // Such programs start no processes, and their files are held to any size, even none.
  const any = [0, Number.MAX_SAFE_INTEGER] as const
  return Object.freeze({
    timeoutMs: PROCESS_RANGES.timeoutMs,
    // The most is what WebAssembly can address.
    memoryBytes: [least, 2 ** 31] as const,
    processes: any,
    diskBytes: any,
    fileBytes: any,
    outputBytes: PROCESS_RANGES.outputBytes,
  })
}

/**
 * The limits of one run: what was asked for over `base`. A new `diskBytes` is the limit of one file too, unless that is
 * given as well.
 *
 * @throws ConfigurationError for a limit that nobody knows, or that is no whole number or too small.
 */
export function limitsOver(
  base: ExecutionLimits,
  given: Partial<ExecutionLimits> | undefined,
  ranges: LimitRanges,
): ExecutionLimits {
  if (given === undefined) return base
  if (typeof given !== 'object' || given === null) throw refused(`The limits are ${quote(given)}. Give an object.`)
  for (const [name, value] of Object.entries(given)) checkLimit(name, value, ranges)
  const { diskBytes } = given
  return { ...base, ...(diskBytes !== undefined && { fileBytes: diskBytes }), ...given }
}

function checkLimit(name: string, value: unknown, ranges: LimitRanges): void {
  if (!Object.hasOwn(ranges, name)) {
    const message = `There is no limit ${quote(name)}. There are ${Object.keys(ranges).join(', ')}.`
    throw new ConfigurationError('unknown-option', message)
  }
  // Just checked: it is one of them.
  const [least, most] = ranges[name as keyof ExecutionLimits]
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return
  throw refused(`The limit ${name} is ${quote(value)}. Give a whole number from ${least} to ${most}.`)
}
