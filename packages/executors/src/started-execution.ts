import type { CodeResult, Execution, ExecutionEvent } from 'conversable'
import { EventQueue } from './event-queue.ts'

/** What a run is given: where to say what happens, and when to stop. */
export interface ExecutionControls {
  /** Aborted by the caller's signal, and when the reader leaves its loop. */
  readonly signal: AbortSignal
  readonly emit: (event: ExecutionEvent) => void
}

/** Code that is being run by the function that it was made with. Its events can be read once. */
export class StartedExecution implements Execution {
  readonly #controller = new AbortController()
  readonly #events = new EventQueue()
  readonly #result: Promise<CodeResult>
  #read = false

  constructor(run: (controls: ExecutionControls) => Promise<CodeResult>, signal?: AbortSignal) {
    const abort = (): void => this.#controller.abort(signal?.reason)
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
    const emit = (event: ExecutionEvent): void => this.#events.push(event)
    this.#result = run({ signal: this.#controller.signal, emit })
      .then((result) => {
        emit({ type: 'end', result })
        return result
      })
      .finally(() => {
        signal?.removeEventListener('abort', abort)
        this.#events.end()
      })
    // Whoever awaits or iterates this gets the error; one that nobody waits for must not end the process.
    this.#result.catch(() => {})
  }

  // oxlint-disable-next-line unicorn/no-thenable -- an execution is meant to be awaited
  then<A = CodeResult, B = never>(
    onResult?: ((result: CodeResult) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#result.then(onResult, onError)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ExecutionEvent, void, undefined> {
    if (this.#read) throw new Error('The events of an execution can be read once. Await it for its result.')
    this.#read = true
    try {
      yield* this.#events.read()
      await this.#result
    } finally {
      this.#controller.abort()
    }
  }

  /** Ends the run, and waits until nothing of it is left. */
  async stop(): Promise<void> {
    this.#controller.abort()
    await this.#result.catch(() => {})
  }
}
