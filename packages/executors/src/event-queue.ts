import type { ExecutionEvent } from 'conversable'

type OutputEvent = Extract<ExecutionEvent, { readonly type: 'stdout' | 'stderr' }>

/** How many events wait for a reader before pieces of output are put together across the pieces of the other stream. */
const MANY = 1000

/**
 * Events that wait for their reader. Output that continues what already waits is put together with it, so that a
 * program which prints a million times, and a reader that never comes, cost no more memory than the text.
 */
export class EventQueue {
  #waiting: ExecutionEvent[] = []
  #ended = false
  #wake = (): void => {}

  /** Adds an event. */
  push(event: ExecutionEvent): void {
    if (!isOutput(event) || !this.#merge(event)) this.#waiting.push(event)
    this.#wake()
  }

  /** Lets the reader come to its end. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** Takes the events out, those that wait and those that are still to come. */
  async *read(): AsyncGenerator<ExecutionEvent, void, undefined> {
    for (;;) {
      const events = this.#waiting
      this.#waiting = []
      yield* events
      if (this.#waiting.length > 0) continue
      if (this.#ended) return
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  #merge(event: OutputEvent): boolean {
    const waiting = this.#waiting
    const index =
      waiting.length < MANY ? waiting.length - 1 : waiting.findLastIndex((other) => other.type === event.type)
    const last = waiting[index]
    if (!last || !isOutput(last) || last.type !== event.type || last.block !== event.block) return false
    waiting[index] = { ...last, text: last.text + event.text }
    return true
  }
}

function isOutput(event: ExecutionEvent): event is OutputEvent {
  return event.type === 'stdout' || event.type === 'stderr'
}
