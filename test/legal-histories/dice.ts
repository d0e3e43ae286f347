/** Chance that comes again from the same seed (mulberry32). */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** At least 0 and below 1. */
  roll(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.roll() * (high - low + 1))
  }

  /** Whether something happens that happens so often, from 0 to 1. */
  happens(share: number): boolean {
    return this.roll() < share
  }

  /** One of some. */
  one<Item>(items: readonly Item[]): Item {
    // In range: the index is below the length, and nobody asks for one of none.
    return items[this.between(0, items.length - 1)] as Item
  }

  /** Some of some, perhaps none, in their order. */
  some<Item>(items: readonly Item[], share = 0.5): Item[] {
    return items.filter(() => this.happens(share))
  }
}
