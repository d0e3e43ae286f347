import type { CodeBlock, ExecuteOptions, Execution, ExecutionLimits } from 'conversable'
import type { GivenFunctions } from './functions/given-functions.ts'
import { PROCESS_RANGES } from './limits.ts'
import { Once } from './once.ts'
import { runBlocks } from './run-blocks.ts'
import { RunningExecutions } from './running-executions.ts'
import type { Workplace } from './workplace.ts'

/** What all runs of an executor have in common. */
export interface WorkplaceSettings {
  readonly limits: ExecutionLimits
  /** Functions that programs can import. */
  readonly functions: GivenFunctions | undefined
  readonly open: () => Promise<Workplace>
}

/** The runs of an executor, one after the other, in a workplace that is made for the first of them. */
export class WorkplaceRuns {
  readonly #settings: WorkplaceSettings
  readonly #place: Once<Workplace>
  readonly #running: RunningExecutions

  constructor(owner: string, settings: WorkplaceSettings) {
    this.#settings = settings
    this.#place = new Once(settings.open)
    this.#running = new RunningExecutions(owner, { ranges: PROCESS_RANGES, serial: true })
  }

  /** @throws ConfigurationError for blocks and options that cannot work, CodeExecutorError after disposal. */
  start(blocks: readonly CodeBlock[], options: ExecuteOptions): Execution {
    const { limits: base, functions } = this.#settings
    return this.#running.start({ blocks, options, limits: base }, async (controls, limits) => {
      const place = await this.#place.get()
      const { signal } = controls
      const runner = await place.runner(blocks, { ...options, limits, signal, functions })
      return runBlocks(blocks, runner, controls)
    })
  }

  /** Deletes what programs wrote, when the runs that go on have ended. */
  async clear(): Promise<void> {
    await this.#running.settled()
    await (await this.#place.ifMade())?.folder.clear()
  }

  /** Ends all runs, waits until nothing of them is left, and closes the workplace. */
  async dispose(): Promise<void> {
    await this.#running.dispose()
    await (await this.#place.ifMade())?.close()
  }
}
