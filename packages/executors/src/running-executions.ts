import { CodeExecutorError, type CodeResult } from 'conversable'
import { StartedExecution, type ExecutionControls } from './started-execution.ts'

/** Which runs of an executor go on, and whether there may be more. */
export class RunningExecutions {
  readonly #owner: string
  readonly #serial: boolean
  readonly #running = new Set<StartedExecution>()
  #last: Promise<unknown> = Promise.resolve()
  #disposed = false

  /** @param options.serial - Whether a run waits for the one before it, as runs that share a folder do. */
  constructor(owner: string, options: { readonly serial?: boolean } = {}) {
    this.#owner = owner
    this.#serial = options.serial ?? false
  }

  /** @throws CodeExecutorError once the executor was disposed of. */
  check(): void {
    if (!this.#disposed) return
    const message = `This ${this.#owner} was disposed of, so it runs nothing any more. Make a new one.`
    throw new CodeExecutorError(message, { retryable: false })
  }

  /** Starts a run, at once or after those before it. */
  start(run: (controls: ExecutionControls) => Promise<CodeResult>, signal?: AbortSignal): StartedExecution {
    this.check()
    const before = this.#last
    const inTurn = this.#serial ? (controls: ExecutionControls) => before.then(() => run(controls)) : run
    const execution = new StartedExecution(inTurn, signal)
    this.#running.add(execution)
    const forget = (): void => void this.#running.delete(execution)
    this.#last = execution.then(forget, forget)
    return execution
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
