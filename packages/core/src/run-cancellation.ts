import type { Cancellation, Waiting } from './ports/cancellation.ts'

/** What a timer can hold; a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The cancellation of one run: one signal and one timer for the whole run, however many model calls and tools wait. */
export class RunCancellation implements Cancellation {
  readonly signal: AbortSignal
  readonly #controller = new AbortController()
  readonly #releases: readonly (() => void)[]
  /** A list, as those who came last mostly go first. */
  #waiting: Waiting[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #timerAt = Infinity

  /** @param signals - Any of them cancels the run. */
  constructor(...signals: readonly AbortSignal[]) {
    this.signal = this.#controller.signal
    this.#releases = signals.map((signal) => this.#listenTo(signal))
  }

  /** Ends all that waits, with `reason` or, by default, an `AbortError`. */
  cancel(reason?: unknown): void {
    if (this.signal.aborted) return
    this.#controller.abort(reason)
    const waiting = this.#waiting
    this.#waiting = []
    for (const one of waiting) one.end(this.signal.reason)
  }

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

  add(waiting: Waiting): void {
    if (this.signal.aborted) return waiting.end(this.signal.reason)
    this.#waiting.push(waiting)
    const now = Date.now()
    this.#lookAt(waiting.lookAgainAt?.(now) ?? Infinity, now)
  }

  remove(waiting: Waiting): void {
    const index = this.#waiting.lastIndexOf(waiting)
    if (index === this.#waiting.length - 1) this.#waiting.pop()
    else if (index !== -1) this.#waiting.splice(index, 1)
  }

  /** The run has ended: takes listeners and timer away. */
  close(): void {
    for (const release of this.#releases) release()
    clearTimeout(this.#timer)
  }

  #listenTo(signal: AbortSignal): () => void {
    const cancel = (): void => this.cancel(signal.reason)
    if (signal.aborted) cancel()
    else signal.addEventListener('abort', cancel, { once: true })
    return () => signal.removeEventListener('abort', cancel)
  }

  #lookAt(at: number, now: number): void {
    // A timer that fires too early does no harm: it looks, and is set again.
    if (at >= this.#timerAt) return
    clearTimeout(this.#timer)
    this.#timerAt = at
    this.#timer = setTimeout(() => this.#look(), Math.min(at - now, LONGEST_TIMER_MS))
  }

  #look(): void {
    this.#timerAt = Infinity
    const now = Date.now()
    let next = Infinity
    // Those whose time has come go while they are looked at.
    for (const waiting of this.#waiting.slice()) next = Math.min(next, waiting.lookAgainAt?.(now) ?? Infinity)
    this.#lookAt(next, now)
  }
}
