import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { ModelError } from '../errors/model-error.ts'
import type { Cancellation, Waiting } from '../ports/cancellation.ts'
import type { ModelCall, PartRead, PartReader } from './model-call.ts'

/** How long an answer may take. */
export interface Deadlines {
  /** The longest silence of the model, before its first part and between two, in milliseconds. Default 120 000. */
  readonly idleTimeoutMs?: number
  /** The longest time for one answer, each try by itself, in milliseconds. Default 600 000. */
  readonly timeoutMs?: number
}

/** Whose call is watched, and what ends it. */
export interface Watched {
  /** `provider/model`, for errors. */
  readonly modelId: string
  readonly cancellation: Cancellation
  readonly deadlines: Deadlines
}

/** How often the clock is looked at within the time that a model may be silent: so it may be that part longer. */
const LOOKS = 8

/** Ends a call that takes too long, falls silent, or is cancelled with its run, whether the callee listens or not. */
export function watchedCall(next: ModelCall, watched: Watched): ModelCall {
  return (options) => new Watch(watched).open(next, options)
}

class Watch implements PartReader, Waiting {
  readonly modelId: string
  cutOff: { readonly reason: unknown } | undefined
  held: PartReader['held']
  readonly #cancellation: Cancellation
  readonly #idleMs: number
  readonly #totalMs: number
  readonly #controller = new AbortController()
  #startedAt: number | undefined
  #silentSince = 0
  /** Whether there was a sign of life since the clock was last looked at, which takes longer than to note one. */
  #isAlive = true
  #parts: PartReader | undefined
  #reject: ((reason: unknown) => void) | undefined

  constructor({ modelId, cancellation, deadlines: { idleTimeoutMs = 120_000, timeoutMs = 600_000 } }: Watched) {
    this.modelId = modelId
    this.#cancellation = cancellation
    this.#idleMs = idleTimeoutMs
    this.#totalMs = timeoutMs
  }

  open(call: ModelCall, options: LanguageModelV4CallOptions): Promise<PartReader> {
    return new Promise((resolve, reject) => {
      this.#reject = reject
      const opening = call({ ...options, abortSignal: this.#controller.signal })
      this.#cancellation.add(this)
      opening.then(
        (parts) => {
          this.#parts = parts
          if (this.cutOff) parts.cancel(this.cutOff.reason)
          resolve(this)
        },
        (error: unknown) => {
          this.#cancellation.remove(this)
          reject(error)
        },
      )
    })
  }

  read(): Promise<PartRead> {
    this.#isAlive = true
    // Nobody reads before `open` has resolved.
    return (this.#parts as PartReader).read()
  }

  close(): void {
    this.#cancellation.remove(this)
    this.#parts?.close()
  }

  cancel(reason: unknown): void {
    this.#cancellation.remove(this)
    this.#parts?.cancel(reason)
  }

  /** The run was cancelled, or a deadline has passed. */
  end(reason: unknown): void {
    this.cutOff = { reason }
    this.#controller.abort(reason)
    this.#parts?.cancel(reason)
    this.#reject?.(reason)
  }

  lookAgainAt(now: number): number {
    this.#startedAt ??= now
    if (this.#isAlive) this.#silentSince = now
    this.#isAlive = false
    const idleUntil = this.#silentSince + this.#idleMs
    const until = this.#startedAt + this.#totalMs
    if (now >= until) return this.#giveUp(`took longer than ${this.#totalMs} ms (timeoutMs).`)
    if (now >= idleUntil) return this.#giveUp(`said nothing for ${this.#idleMs} ms (idleTimeoutMs).`)
    return Math.min(idleUntil, until, now + this.#idleMs / LOOKS)
  }

  #giveUp(problem: string): number {
    this.#cancellation.remove(this)
    this.end(new ModelError(problem, { modelId: this.modelId, kind: 'timeout', retryable: true }))
    return Infinity
  }
}
