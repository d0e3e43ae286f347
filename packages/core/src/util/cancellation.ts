/** Something that ends with a run, and may have a deadline of its own. */
export interface Waiting {
  /** The run was cancelled. */
  end(reason: unknown): void
  /** Looks at its deadlines; says when to look again, in milliseconds since 1970. */
  lookAgainAt?(now: number): number
}

/**
 * The end of a run before its time, and all that waits in it: one listener and one timer for the whole run, however many
 * model calls and tools wait.
 */
export class Cancellation {
  readonly signal: AbortSignal
  readonly #waiting = new Set<Waiting>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #timerAt = Infinity

  constructor(signal: AbortSignal) {
    this.signal = signal
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** Waits for `promise`, but no longer than the run lasts; then rejects with the signal's reason. */
  guard<Value>(promise: PromiseLike<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { end: reject }
      this.add(waiting)
      promise.then(
        (value) => {
          this.remove(waiting)
          resolve(value)
        },
        (error: unknown) => {
          this.remove(waiting)
          reject(error)
        },
      )
    })
  }

  /** Lets something end with the run, or at its own deadline. */
  add(waiting: Waiting): void {
    if (this.signal.aborted) return waiting.end(this.signal.reason)
    this.#waiting.add(waiting)
    const now = Date.now()
    this.#lookAt(waiting.lookAgainAt?.(now) ?? Infinity, now)
  }

  /** It waits no more. */
  remove(waiting: Waiting): void {
    this.#waiting.delete(waiting)
  }

  /** The run has ended: takes listener and timer away. */
  close(): void {
    this.signal.removeEventListener('abort', this.#onAbort)
    clearTimeout(this.#timer)
  }

  readonly #onAbort = (): void => {
    for (const waiting of this.#waiting) waiting.end(this.signal.reason)
    this.#waiting.clear()
  }

  #lookAt(at: number, now: number): void {
    // A timer that fires too early does no harm: it looks, and is set again.
    if (at >= this.#timerAt) return
    clearTimeout(this.#timer)
    this.#timerAt = at
    this.#timer = setTimeout(() => this.#look(), at - now)
  }

  #look(): void {
    this.#timerAt = Infinity
    const now = Date.now()
    let next = Infinity
    for (const waiting of this.#waiting) next = Math.min(next, waiting.lookAgainAt?.(now) ?? Infinity)
    this.#lookAt(next, now)
  }
}
