import {
  CodeExecutorError,
  type CodeBlock,
  type CodeResult,
  type ExecuteOptions,
  type ExecutionLimits,
} from 'conversable'
import { checkBlocks, checkEnv, checkOptions } from './check-execution.ts'
import { limitsOver, type LimitRanges } from './limits.ts'
import { StartedExecution, type ExecutionControls } from './started-execution.ts'

/** What tells the runs of one kind of executor from others. */
export interface RunSettings {
  /** What limits there are, and from where to where they go. */
  readonly ranges: LimitRanges
  /** Whether a run waits for the one before it, as runs that share a folder do. Default `false`. */
  readonly serial?: boolean
  /** A language that it runs, for errors. Default `python`. */
  readonly language?: string
  /** Refuses further options that cannot work, by a ConfigurationError. */
  readonly refuse?: (options: ExecuteOptions) => void
}

/** What is to be run, and with which limits unless its options say otherwise. */
export interface AskedRun {
  readonly blocks: readonly CodeBlock[]
  readonly options: ExecuteOptions
  readonly limits: ExecutionLimits
}

/** Which runs of an executor go on, and whether there may be more. */
export class RunningExecutions {
  readonly #owner: string
  readonly #settings: RunSettings
  readonly #running = new Set<StartedExecution>()
  #last: Promise<unknown> = Promise.resolve()
  #disposed = false

  constructor(owner: string, settings: RunSettings) {
    this.#owner = owner
    this.#settings = settings
  }

  #refuseIfDisposed(): void {
    if (!this.#disposed) return
    const message = `This ${this.#owner} was disposed of, so it runs nothing any more. Make a new one.`
    throw new CodeExecutorError(message, { retryable: false })
  }

  /**
   * Starts a run, at once or after those before it.
   *
   * @param run - Given the limits of this run.
   * @throws ConfigurationError for a run that cannot be held as it was asked for; CodeExecutorError once the executor
   *   was disposed of.
   */
  start(
    asked: AskedRun,
    run: (controls: ExecutionControls, limits: ExecutionLimits) => Promise<CodeResult>,
  ): StartedExecution {
    this.#refuseIfDisposed()
    const limits = this.#limitsOf(asked)
    const before = this.#last
    const { serial = false } = this.#settings
    const execution = new StartedExecution(
      (controls) => (serial ? before.then(() => run(controls, limits)) : run(controls, limits)),
      asked.options.signal,
    )
    this.#running.add(execution)
    const forget = (): void => void this.#running.delete(execution)
    this.#last = execution.then(forget, forget)
    return execution
  }

  #limitsOf({ blocks, options, limits }: AskedRun): ExecutionLimits {
    const { ranges, language = 'python', refuse } = this.#settings
    checkBlocks(blocks, language)
    checkOptions(`${this.#owner}.execute`, options, ['signal', 'limits', 'env', 'files', 'stdin'])
    checkEnv(options.env)
    refuse?.(options)
    return limitsOver(limits, options.limits, ranges)
  }

  /** Waits for the runs that go on now. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running)
  }

  /** Ends all runs, lets none begin, and waits until nothing of them is left. */
  async dispose(): Promise<void> {
    this.#disposed = true
    await Promise.all([...this.#running].map((execution) => execution.stop()))
  }
}
