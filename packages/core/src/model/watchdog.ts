import { ModelError } from '../errors/model-error.ts'
import type { LlmConfig } from '../ports/model.ts'
import type { Cancellation, Waiting } from '../ports/cancellation.ts'

/** Ends a model call that takes too long, falls silent, or is cancelled with its run. */
export class Watchdog implements Waiting {
  readonly #controller = new AbortController()
  readonly #cancellation: Cancellation
  readonly #modelId: string
  readonly #idleMs: number
  readonly #totalMs: number
  readonly #started = Date.now()
  #lastFed = this.#started
  #bark: (reason: unknown) => void = () => {}

  constructor(config: Pick<LlmConfig, 'model' | 'idleTimeoutMs' | 'timeoutMs'>, cancellation: Cancellation) {
    const { model, idleTimeoutMs = 120_000, timeoutMs = 600_000 } = config
    this.#modelId = typeof model === 'string' ? model : `${model.provider}/${model.modelId}`
    this.#idleMs = idleTimeoutMs
    this.#totalMs = timeoutMs
    this.#cancellation = cancellation
    cancellation.add(this)
  }

  /** For the provider. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Says what to do when the call is ended. */
  onBark(bark: (reason: unknown) => void): void {
    this.#bark = bark
    if (this.signal.aborted) bark(this.signal.reason)
  }

  /** Waits for `promise`, but not longer than the call may last; the callee may not listen to the signal. */
  guard<Value>(promise: PromiseLike<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.onBark(reject)
      promise.then(resolve, reject)
    })
  }

  /** Notes a sign of life. */
  feed(): void {
    this.#lastFed = Date.now()
  }

  /** Ends the watch. */
  stop(): void {
    this.#cancellation.remove(this)
  }

  end(reason: unknown): void {
    this.#controller.abort(reason)
    this.#bark(reason)
  }

  lookAgainAt(now: number): number {
    const idleUntil = this.#lastFed + this.#idleMs
    const until = this.#started + this.#totalMs
    if (now >= until) return this.#giveUp(`took longer than ${this.#totalMs} ms (timeoutMs).`)
    if (now >= idleUntil) return this.#giveUp(`said nothing for ${this.#idleMs} ms (idleTimeoutMs).`)
    return Math.min(idleUntil, until)
  }

  #giveUp(problem: string): number {
    this.#cancellation.remove(this)
    this.end(new ModelError(problem, { modelId: this.#modelId, retryable: true }))
    return Infinity
  }
}
