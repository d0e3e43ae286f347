import { checkCount, checkOptions } from '../check-options.ts'
import type { ModelCache } from '../ports/model-cache.ts'

/** How a cache in memory is made. */
export interface MemoryCacheOptions {
  /** With another seed the same questions are new ones. Default 41, as AutoGen's `cache_seed`. */
  readonly seed?: string | number
  /** How many answers are kept at the most; the one that was not used for longest goes first. Default 1 000. */
  readonly maxEntries?: number
}

/** Keeps answers of models for as long as the program runs. */
export class MemoryCache implements ModelCache {
  readonly seed: string | number
  readonly pending: Map<string, Promise<string | undefined>> = new Map()
  readonly #maxEntries: number
  /** In the order in which they were used, the oldest first. */
  readonly #answers = new Map<string, string>()

  constructor(options: MemoryCacheOptions = {}) {
    checkOptions('a MemoryCache', options, ['seed', 'maxEntries'])
    checkCount('a MemoryCache', 'maxEntries', { value: options.maxEntries })
    this.seed = options.seed ?? 41
    this.#maxEntries = options.maxEntries ?? 1_000
  }

  get(key: string): string | undefined {
    const answer = this.#answers.get(key)
    if (answer !== undefined) this.#put(key, answer)
    return answer
  }

  set(key: string, answer: string): void {
    this.#put(key, answer)
    const [oldest] = this.#answers.keys()
    if (this.#answers.size > this.#maxEntries && oldest !== undefined) this.#answers.delete(oldest)
  }

  #put(key: string, answer: string): void {
    this.#answers.delete(key)
    this.#answers.set(key, answer)
  }
}
