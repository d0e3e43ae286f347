import type { ExecutionEnd } from 'conversable'

/** How long a kill may take before the result is given all the same. */
const MOST_MS = 250

/** Ends one program, once, and remembers why. */
export class Stopping {
  readonly #kill: () => Promise<void>
  readonly #asked = new AbortController()
  #reason: ExecutionEnd | undefined
  #killed: Promise<unknown> = Promise.resolve()

  constructor(kill: () => Promise<void>) {
    this.#kill = kill
  }

  /** Why the program was ended, once it was. */
  get reason(): ExecutionEnd | undefined {
    return this.#reason
  }

  /** Aborted when the program is to be ended. */
  get signal(): AbortSignal {
    return this.#asked.signal
  }

  stop(reason: ExecutionEnd): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#killed = this.#kill()
    // Whoever waits for it gets the error.
    this.#killed.catch(() => {})
    this.#asked.abort()
  }

  /** Gives what ends the waiting for a time and an abort. */
  stopWhenDue({ signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number }): () => void {
    const abort = (): void => this.stop('aborted')
    const timer = setTimeout(() => this.stop('timeout'), timeoutMs)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    return () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
  }

  /** Waits until the program was ended, or for as long as a result can wait for that. */
  async done(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise((resolve) => (timer = setTimeout(resolve, MOST_MS)))
    await Promise.race([this.#killed, late]).finally(() => clearTimeout(timer))
  }
}
