import type { Played } from './play.ts'

/** What came of many conversations. */
export class Tally {
  /** What was wrong, with the seed that brings it back. */
  readonly problems: string[] = []
  readonly #byShape = new Map<string, number>()
  #conversations = 0
  requests = 0
  calls = 0
  cancelled = 0
  failed = 0
  trims = 0

  add({ seed, shape, watch, stuck }: Played): void {
    this.#conversations++
    this.requests += watch.requests
    this.calls += watch.calls
    this.cancelled += watch.cancelled
    this.failed += watch.failed
    this.trims += watch.trims
    this.#byShape.set(shape, (this.#byShape.get(shape) ?? 0) + 1)
    const wrong = [...watch.violations, ...(stuck === undefined ? [] : [`could not go on: ${stuck}`])]
    if (wrong[0] !== undefined) this.problems.push(`seed ${seed} (${shape}): ${wrong[0]}`)
  }

  /** The figures as text. */
  report(): string {
    const shapes = [...this.#byShape].map(([shape, count]) => `${shape} ${count}`).join(', ')
    return [
      `${this.#conversations} conversations (${shapes})`,
      `${this.requests} requests read, ${this.calls} calls suggested, ${this.trims} views trimmed`,
      `${this.cancelled} chats cancelled, ${this.failed} failed`,
      `${this.problems.length} conversations with a violation, or that could not go on`,
      ...this.problems.slice(0, 20),
    ].join('\n')
  }
}
