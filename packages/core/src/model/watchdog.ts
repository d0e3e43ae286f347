import { ModelError } from '../errors/model-error.ts'
import type { LlmConfig } from '../ports/model.ts'

/**
 * Ends a model call that takes too long, falls silent, or is cancelled by the caller. Leaves no timer and no listener
 * behind once it is stopped.
 */
export class Watchdog {
  /** The caller's signal. */
  readonly caller: AbortSignal
  readonly #controller = new AbortController()
  readonly #modelId: string
  readonly #idleMs: number
  readonly #totalMs: number
  readonly #started = Date.now()
  #lastFed = this.#started
  #timer: ReturnType<typeof setTimeout>
  #bark: (reason: unknown) => void = () => {}

  constructor(config: Pick<LlmConfig, 'model' | 'idleTimeoutMs' | 'timeoutMs'>, caller: AbortSignal) {
    const { model, idleTimeoutMs = 120_000, timeoutMs = 600_000 } = config
    this.#modelId = typeof model === 'string' ? model : `${model.provider}/${model.modelId}`
    this.#idleMs = idleTimeoutMs
    this.#totalMs = timeoutMs
    this.caller = caller
    if (caller.aborted) this.#end(caller.reason)
    caller.addEventListener('abort', this.#onAbort, { once: true })
    this.#timer = setTimeout(this.#check, Math.min(idleTimeoutMs, timeoutMs))
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
    clearTimeout(this.#timer)
    this.caller.removeEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = (): void => this.#end(this.caller.reason)

  readonly #check = (): void => {
    const idleLeftMs = this.#lastFed + this.#idleMs - Date.now()
    const leftMs = this.#started + this.#totalMs - Date.now()
    if (leftMs <= 0) return this.#giveUp(`took longer than ${this.#totalMs} ms (timeoutMs).`)
    if (idleLeftMs <= 0) return this.#giveUp(`said nothing for ${this.#idleMs} ms (idleTimeoutMs).`)
    this.#timer = setTimeout(this.#check, Math.min(idleLeftMs, leftMs))
  }

  #giveUp(problem: string): void {
    this.#end(new ModelError(problem, { modelId: this.#modelId, retryable: true }))
  }

  #end(reason: unknown): void {
    this.#controller.abort(reason)
    this.#bark(reason)
  }
}
