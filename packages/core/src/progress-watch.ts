import { isToolAnswer, textOf, type Message } from './message.ts'

/** When a chat that goes round in circles is ended. */
export interface NoProgressOptions {
  /** How many messages in a row may repeat what was said before. Default 6. */
  readonly maxRepeats?: number
}

/** A circle that was found. */
export interface Circle {
  readonly detail: string
  /** The ids of the messages that repeat, oldest first. */
  readonly evidence: readonly string[]
}

/** The longest circle that is looked for, in messages: two agents, each with a call and its answer. */
const LONGEST_CIRCLE = 4

/** Up to so many letters a text is always read whole. It is never the same as a longer one, which is no courtesy. */
const SHORT_TEXT = 100

/** How many letters of two long texts have to be alike at either end before they are read whole. */
const END = 16

/** Thanks, welcomes and good-byes, and what stands around them; each at the beginning of a text. */
const COURTESIES = Object.freeze([
  /^thanks?(?: you)?\b|^(?:many|cheers|so much|very much|a lot|again|once more|for (?:your|the|all)(?: \w+){1,2})\b/,
  /^(?:(?:you (?:are|re) )?(?:most |very )?welcome|no problem|my pleasure|any ?time|don t mention it)\b/,
  /^(?:glad (?:to|i could) help|happy to help|good ?bye|bye|take care|you too|likewise|same to you)\b/,
  /^(?:have a (?:nice|good|great|wonderful) (?:day|one|evening|time)|ok(?:ay)?|oh|and|great)\b/,
])

/**
 * Finds chats that get nowhere: the same texts, the same calls with the same arguments, two speakers who hand each
 * other the same thing, thanks and welcomes, empty messages. Letter case, marks and spaces do not make a difference.
 */
export class ProgressWatch {
  readonly #maxRepeats: number
  #said: Saying[] = []
  /** The glance of each saying, side by side, so that most need not be looked at. */
  #glances: (number | string)[] = []
  /** For each length of a circle: how many of the last messages equal the one that many places before. */
  readonly #repeats: number[] = Array.from({ length: LONGEST_CIRCLE + 1 }, () => 0)

  constructor({ maxRepeats = 6 }: NoProgressOptions = {}) {
    this.#maxRepeats = maxRepeats
  }

  /**
   * Takes the next message; gives the circle that it closes, if it does.
   *
   * @param polling - The message answers calls that are meant to be repeated: it and the calls do not count.
   */
  observe(message: Message, polling = false): Circle | undefined {
    if (polling) {
      this.#forgetLast()
      return undefined
    }
    const saying = new Saying(message)
    const index = this.#said.push(saying) - 1
    this.#glances.push(saying.glance)
    for (let length = 1; length <= LONGEST_CIRCLE; length++) {
      const looksAlike = this.#glances[index - length] === saying.glance
      const isRepeated = looksAlike && this.#said[index - length]?.isSameAs(saying)
      this.#repeats[length] = isRepeated ? (this.#repeats[length] ?? 0) + 1 : 0
      if ((this.#repeats[length] ?? 0) >= this.#maxRepeats) return this.#circle(length)
    }
    if (this.#said.length > 2 * (this.#maxRepeats + LONGEST_CIRCLE)) this.#trim()
    return undefined
  }

  #circle(length: number): Circle {
    const evidence = this.#said.slice(-this.#maxRepeats).map((saying) => saying.id)
    const what = length === 1 ? 'the message before' : `the ${length} messages before`
    return { detail: `The last ${evidence.length} messages repeat ${what} in a circle.`, evidence }
  }

  #forgetLast(): void {
    this.#said.pop()
    this.#glances.pop()
    this.#repeats.fill(0)
  }

  #trim(): void {
    const kept = this.#maxRepeats + LONGEST_CIRCLE
    this.#said = this.#said.slice(-kept)
    this.#glances = this.#glances.slice(-kept)
  }
}

/** What a message says, made to be compared. A call or a long text is read whole only if one nearby looks alike. */
class Saying {
  /** The same for two that say the same: a number for both ends of what is long, or the whole of what is short. */
  readonly glance: number | string
  readonly #message: Message
  #signature: string | undefined

  constructor(message: Message) {
    this.#message = message
    this.glance = hashOfLong(message) ?? this.#whole()
  }

  get id(): string {
    return this.#message.id
  }

  /** Whether they say the same, given that they look alike. */
  isSameAs(other: Saying): boolean {
    return this.#whole() === other.#whole()
  }

  #whole(): string {
    return (this.#signature ??= signatureOf(this.#message))
  }
}

/** A number for the ends of the first call's arguments or of a long text; for what is short, there is none. */
function hashOfLong(message: Message): number | undefined {
  if (isToolAnswer(message)) return undefined
  const call = message.toolCalls?.[0]
  if (call) return hashOfEnds(call.arguments)
  const text = textOf(message)
  return text.length > SHORT_TEXT ? hashOfEnds(text) : undefined
}

/** A number for the first and last letters and digits, without a string in between: this is done for every message. */
function hashOfEnds(text: string): number {
  let hash = 0
  for (let index = 0, letters = 0; index < text.length && letters < END; index++) {
    const code = letterAt(text, index)
    if (code === 0) continue
    hash = (Math.imul(hash, 31) + code) | 0
    letters++
  }
  for (let index = text.length - 1, letters = 0; index >= 0 && letters < END; index--) {
    const code = letterAt(text, index)
    if (code === 0) continue
    hash = (Math.imul(hash, 31) + code) | 0
    letters++
  }
  return hash
}

/** The code of a letter, in small, or of a digit; 0 for anything else. */
function letterAt(text: string, index: number): number {
  const code = text.charCodeAt(index) | 0x20
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) ? code : 0
}

/** A text without its marks, in small letters. */
function wordsOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** What a message says, told so that equal things look equal. */
function signatureOf(message: Message): string {
  if (isToolAnswer(message)) return message.toolResults.reduce((text, { name }) => `${text} ${name}`, 'answers')
  const calls = (message.toolCalls ?? []).map((call) => `${call.name}(${call.arguments.replace(/\s+/g, '')})`)
  const words = wordsOf(textOf(message))
  return [isCourtesy(words) ? 'courtesy' : words || textOf(message).trim(), ...calls].join(' ')
}

/** Whether a text, without marks, is nothing but thanks, welcomes and good-byes. */
function isCourtesy(words: string): boolean {
  if (words === '' || words.length > 80) return false
  let rest = words
  while (rest !== '') {
    const phrase = COURTESIES.find((courtesy) => courtesy.test(rest))
    if (!phrase) return false
    rest = rest.replace(phrase, '').trim()
  }
  return true
}
