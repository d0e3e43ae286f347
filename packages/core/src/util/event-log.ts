/** Two entries as one, where the later one continues the earlier one. */
export type Merge<Entry> = (last: Entry, next: Entry) => Entry | undefined

/**
 * What happened so far, for any number of readers, each at its own pace.
 *
 * While no reader waits, entries that continue one another are merged, so that a slow reader finds one piece of text
 * for each message instead of thousands. Nothing that a reader has seen is merged any more.
 */
export class EventLog<Entry extends { readonly id: number }> {
  readonly #merge: Merge<Entry>
  readonly #entries: Entry[] = []
  #waiting: (() => void)[] = []
  #seen = 0
  #ended = false

  constructor(merge: Merge<Entry>) {
    this.#merge = merge
  }

  /** Adds an entry and wakes the readers. */
  append(entry: Entry): void {
    const last = this.#entries.at(-1)
    const merged = last && this.#seen < this.#entries.length ? this.#merge(last, entry) : undefined
    if (merged) this.#entries[this.#entries.length - 1] = merged
    else this.#entries.push(entry)
    this.#wake()
  }

  /** Lets readers come to their end. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** The entries after the one with the id `after`, and those that are still to come. */
  async *read(after = 0): AsyncGenerator<Entry, void, undefined> {
    let next = this.#entries.findIndex((entry) => entry.id > after)
    if (next === -1) next = this.#entries.length
    for (;;) {
      while (next < this.#entries.length) {
        this.#seen = Math.max(this.#seen, next + 1)
        // In range: the loop's condition says so.
        yield this.#entries[next++] as Entry
      }
      if (this.#ended) return
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  #wake(): void {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
