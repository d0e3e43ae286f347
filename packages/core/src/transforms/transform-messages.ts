import type { Turn } from '../agent.ts'
import { checkOptions } from '../check-options.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { textOf, type Message } from '../message.ts'
import { quote } from '../util/quote.ts'
import { idOfText } from '../util/text-id.ts'

/** One change to what an agent sees of a conversation. It gives other messages; it never changes those that it is given. */
export interface MessageTransform {
  /**
   * What is to be seen in place of these messages, in this turn.
   *
   * @param turn - Whose turn it is, and everything else that belongs to it.
   */
  applyTransform(messages: readonly Message[], turn: Turn): readonly Message[] | Promise<readonly Message[]>
  /** What was done, in a sentence for people; `undefined` if nothing was. */
  getLogs?(before: readonly Message[], after: readonly Message[]): string | undefined
}

/** What a {@link TransformMessages} is made of. */
export interface TransformMessagesOptions {
  /** Applied in this order. */
  readonly transforms: readonly MessageTransform[]
  /** Whether each effect is told in a `notice`, which is printed with the transcript. Default `true`. */
  readonly verbose?: boolean
}

/** An agent whose view can be changed. */
export interface TransformableAgent {
  readonly name: string
  registerHook(
    moment: 'processAllMessagesBeforeReply',
    hook: (messages: readonly Message[], turn: Turn) => Promise<readonly Message[]>,
  ): unknown
}

/** Changes what an agent sees before each reply, its ending test and tools included. The conversation stays as it is. */
export class TransformMessages {
  readonly #transforms: readonly MessageTransform[]
  readonly #verbose: boolean

  constructor(options: TransformMessagesOptions) {
    checkOptions('TransformMessages', options, ['transforms', 'verbose'])
    const { transforms, verbose = true } = options
    if (!Array.isArray(transforms) || !transforms.every((one) => typeof one?.applyTransform === 'function')) {
      throw new ConfigurationError(
        'invalid-option',
        `TransformMessages has ${quote(transforms)} as transforms. Give a list of objects with applyTransform, such as ` +
          'new MessageHistoryLimiter({ maxMessages: 10 }).',
      )
    }
    this.#transforms = [...transforms]
    this.#verbose = verbose
  }

  /** Registers the transforms with an agent, behind the hooks that it has. */
  addToAgent(agent: TransformableAgent): this {
    agent.registerHook('processAllMessagesBeforeReply', (messages, turn) => this.transform(messages, turn))
    return this
  }

  /** Applies the transforms, and tells what they did. */
  async transform(messages: readonly Message[], turn: Turn): Promise<readonly Message[]> {
    let seen = messages
    for (const [index, transform] of this.#transforms.entries()) {
      const before = seen
      seen = await transform.applyTransform(before, turn)
      const told = this.#verbose && transform.getLogs?.(before, seen)
      if (told) turn.emit({ type: 'notice', text: told })
      tell({ by: transform.constructor.name, index, before, after: seen }, turn)
    }
    return seen
  }
}

interface Effect {
  readonly by: string
  readonly index: number
  readonly before: readonly Message[]
  readonly after: readonly Message[]
}

/** Emits what was left out or shortened, unless that was told before. */
function tell({ by, index, before, after }: Effect, turn: Turn): void {
  const agent = turn.recipient.name
  const known = turn.conversation.derive(`transform:${agent}:${index}:${by}`, () => ({ told: '' }))
  const shorter = shortened(before, after)
  const leftOut = before.length - after.length
  const now = `${leftOut}:${shorter.map((one) => `${one.message}-${one.leftOut}`).join()}`
  if (now === known.told) return
  known.told = now
  if (leftOut <= 0 && shorter.length === 0) return
  const about = shorter.map((one) => ({ id: idOfText(one.text), leftOut: one.leftOut }))
  turn.emit({ type: 'context-trim', agent, by, leftOut, shortened: about })
}

/** The texts that are shorter than they were. Looked for from the end, for what is left stands there. */
function shortened(
  before: readonly Message[],
  after: readonly Message[],
): { readonly message: string; readonly text: string; readonly leftOut: number }[] {
  let place = before.length - 1
  return after.toReversed().flatMap((message, fromEnd) => {
    if (message === before[after.length - 1 - fromEnd]) return []
    while (place >= 0 && before[place]?.id !== message.id) place--
    const original = before[place]
    if (!original || original === message) return []
    const text = textOf(original)
    const leftOut = text.length - textOf(message).length
    return leftOut > 0 ? [{ message: message.id, text, leftOut }] : []
  })
}
