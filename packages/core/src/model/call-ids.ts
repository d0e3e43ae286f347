/** Ids of calls as a provider takes them: each once in a prompt, and spelled as it wants them. */
export class CallIds {
  readonly #allowed: RegExp
  readonly #given = new Set<string>()
  /** By the id in the transcript: the newest id that was given for it. */
  readonly #newest = new Map<string, string>()

  constructor(allowed: RegExp) {
    this.#allowed = allowed
  }

  /** The id for a call: its own where it will do, otherwise always the same for the same transcript. */
  forCall(id: string): string {
    let given = id
    for (let n = 0; !this.#allowed.test(given) || this.#given.has(given); n++) given = shortHash(`${id}/${n}`)
    this.#given.add(given)
    this.#newest.set(id, given)
    return given
  }

  /** The id for the answer to a call: answers stand directly behind their calls. */
  forAnswer(id: string): string {
    return this.#newest.get(id) ?? id
  }
}

/** Nine letters and digits, which every provider takes. */
function shortHash(text: string): string {
  return (fnv1a(text, 0x811c9dc5).toString(36) + fnv1a(text, 0x01000193).toString(36)).padEnd(9, '0').slice(0, 9)
}

/** @see http://www.isthe.com/chongo/tech/comp/fnv for FNV-1a of 32 bits. */
function fnv1a(text: string, seed: number): number {
  let hash = seed
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
