import {
  assertReply,
  assertTrigger,
  matchesTrigger,
  type Agent,
  type Reply,
  type ReplyFunction,
  type Trigger,
  type Turn,
} from './agent.ts'
import { callback } from './callback.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { isPromise } from './util/is-promise.ts'
import { quote } from './util/quote.ts'

/** The reply functions that every agent may have from the start, in the order in which they are asked. */
export type BuiltInReply = 'termination' | 'toolCalls' | 'code' | 'model'

/**
 * Where a reply function is put: before (`first`) or behind (`last`) everything registered so far, behind the ending
 * test and human input (`afterTermination`), or directly before another built-in function.
 */
export type ReplyPosition = 'first' | 'afterTermination' | 'beforeToolCalls' | 'beforeCode' | 'beforeModel' | 'last'

/** How a reply function is registered. */
export interface RegisterReplyOptions {
  /**
   * Default `first`. At a built-in function that the agent has not, the next one counts: `beforeCode` is before the
   * model, `beforeModel` is last.
   */
  readonly position?: ReplyPosition
  /** Takes away all that was registered so far, the built-in functions too. Default `false`. */
  readonly removeOtherReplyFunctions?: boolean
}

interface Entry {
  readonly trigger: Trigger | undefined
  readonly reply: ReplyFunction
  readonly builtIn?: BuiltInReply
}

const ORDER: readonly BuiltInReply[] = Object.freeze(['termination', 'toolCalls', 'code', 'model'])
const ANCHORS: Readonly<Record<Exclude<ReplyPosition, 'first' | 'last'>, BuiltInReply>> = Object.freeze({
  afterTermination: 'termination',
  beforeToolCalls: 'toolCalls',
  beforeCode: 'code',
  beforeModel: 'model',
})

/** The reply functions of an agent. The first to answer a turn wins. */
export class ReplyList {
  readonly #agent: string
  readonly #fallback: Reply
  #entries: Entry[] = []

  /** @param fallback - The answer where nobody has one. */
  constructor(agent: string, fallback: Reply) {
    this.#agent = agent
    this.#fallback = fallback
  }

  /** Adds a built-in function behind the others. */
  addBuiltIn(builtIn: BuiltInReply, reply: ReplyFunction): void {
    this.#entries.push({ trigger: undefined, reply, builtIn })
  }

  /** Adds a function; without a trigger it answers every sender and none. */
  add(trigger: Trigger | undefined, reply: ReplyFunction, options: RegisterReplyOptions): void {
    if (trigger !== undefined) assertTrigger(trigger, this.#agent)
    if (typeof reply !== 'function') {
      throw new ConfigurationError(
        'invalid-option',
        `Agent ${quote(this.#agent)}: the reply function is ${quote(reply)}. Give a function.`,
      )
    }
    if (options.removeOtherReplyFunctions) this.#entries = []
    this.#entries.splice(this.#indexOf(options.position ?? 'first'), 0, { trigger, reply })
  }

  /** The first answer to a turn. */
  answer(turn: Turn): Promise<Reply> {
    try {
      return Promise.resolve(this.#answerFrom(0, turn))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Waits only for functions that wait themselves: most turns are passed on by all but the last one. */
  #answerFrom(start: number, turn: Turn): Reply | PromiseLike<Reply> {
    for (let index = start; index < this.#entries.length; index++) {
      // In range: the loop's condition says so.
      const answer = this.#ask(this.#entries[index] as Entry, turn)
      if (isPromise(answer)) return this.#unlessPassedOn(answer, index + 1, turn)
      if (answer !== undefined) return answer
    }
    return this.#fallback
  }

  #unlessPassedOn(answer: PromiseLike<Reply | undefined>, next: number, turn: Turn): PromiseLike<Reply> {
    return answer.then((reply) => reply ?? this.#answerFrom(next, turn))
  }

  #ask({ trigger, reply, builtIn }: Entry, turn: Turn): ReturnType<ReplyFunction> {
    if (trigger !== undefined && !this.#isMet(trigger, turn.sender)) return undefined
    // Built-in functions end by themselves when the run is cancelled, and leave what they have.
    return builtIn ? reply(turn) : this.#handedIn(reply, turn)
  }

  async #handedIn(reply: ReplyFunction, turn: Turn): Promise<Reply | undefined> {
    const what = reply.name ? `its reply function ${reply.name}` : 'a reply function'
    const answer: unknown = await callback({ agent: this.#agent, what, signal: turn.signal }, () => reply(turn))
    if (answer === undefined) return undefined
    assertReply(answer, this.#agent, what)
    return answer
  }

  #isMet(trigger: Trigger, sender: Agent | undefined): boolean {
    return callback({ agent: this.#agent, what: 'a trigger' }, () => matchesTrigger(trigger, sender))
  }

  #indexOf(position: ReplyPosition): number {
    if (position === 'first') return 0
    if (position === 'last') return this.#entries.length
    const anchor = ANCHORS[position]
    if (anchor === undefined) {
      throw new ConfigurationError(
        'invalid-option',
        `Agent ${quote(this.#agent)}: the position ${quote(position)} is not known. It is one of first, ` +
          `${Object.keys(ANCHORS).join(', ')}, last.`,
      )
    }
    const later = ORDER.slice(ORDER.indexOf(anchor))
    const index = this.#entries.findIndex(({ builtIn }) => builtIn !== undefined && later.includes(builtIn))
    if (index === -1) return this.#entries.length
    return anchor === 'termination' && this.#entries[index]?.builtIn === 'termination' ? index + 1 : index
  }
}
