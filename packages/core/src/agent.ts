import type { Conversation } from './conversation.ts'
import { CallbackError } from './errors/callback-error.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import type { Message, MessageInput } from './message.ts'
import type { ChatContext } from './ports/chat-context.ts'
import type { HumanInput } from './ports/human-input.ts'
import type { LlmConfig } from './ports/model.ts'
import type { StopReason, StopRule } from './stop-reason.ts'
import { quote } from './util/quote.ts'

/** Anything that can take a turn in a chat. It holds settings only; what belongs to a chat is in its conversation. */
export interface Agent {
  readonly name: string
  /** What a group's selector is told of the agent. */
  readonly description: string
  /** The model that is asked for this agent's replies and summaries. */
  readonly llmConfig?: LlmConfig | undefined
  /** Who answers for the agent; the run's own person otherwise. */
  readonly humanInput?: HumanInput | undefined
  /** Whether messages of this agent are kept from being printed; absent leaves it to the chat. */
  readonly silent?: boolean | undefined
  /** Who speaks inside of the agent, as the members of a group do inside of its manager. */
  readonly agents?: readonly Agent[]
  generateReply(turn: Turn): Promise<Reply>
  /** Called before a chat with this agent is opened; a rule that it gives ends the chat before anything is said. */
  openChat?(conversation: Conversation): StopRule | undefined
  /** Whether the agent runs the tool of that name; without a name, whether it runs any. */
  canExecute?(tool?: string): boolean
  /** Has the last word on a message that the agent is about to send. */
  prepareMessage?(message: MessageInput, about: Sending): MessageInput | Promise<MessageInput>
}

/** Who is about to send a message to whom. */
export interface Sending {
  readonly sender: Agent
  readonly recipient: Agent
  readonly silent: boolean
}

/** What is handed to whoever is to speak. Nothing else is needed to reply: no globals, no fields on agents. */
export interface Turn extends ChatContext {
  /** Who is asked to reply. */
  readonly recipient: Agent
  /** Who asks; `undefined` when a reply is asked for outside of a chat. */
  readonly sender: Agent | undefined
  readonly conversation: Conversation
  /** The transcript, as hooks left it once they ran; the last entry is the one to reply to. */
  readonly messages: readonly Message[]
  /** The id that the reply will have as a message. */
  readonly messageId: string
  /** Whether the messages of this chat are kept from being printed, unless an agent says otherwise. */
  readonly silent: boolean
}

/**
 * How a turn ends: with a message to send, or with a reason to send none.
 *
 * `endsChat` ends the chat behind the message, by the rule `stop-tool` or the one given; `polling` says that the message is meant to be repeated; `reason` says
 * more about a stop than its rule, as for a group whose chat ended.
 */
export type Reply =
  | {
      readonly message: MessageInput
      readonly endsChat?: boolean | StopRule
      readonly polling?: boolean
      readonly stop?: undefined
    }
  | { readonly stop: StopRule; readonly reason?: Partial<StopReason>; readonly message?: undefined }

/**
 * Refuses what is no reply.
 *
 * @throws CallbackError naming the agent, and what gave the reply.
 */
export function assertReply(value: unknown, agent: string, what = 'generateReply'): asserts value is Reply {
  const { message, stop } = (value ?? {}) as { readonly message?: unknown; readonly stop?: unknown }
  if (typeof stop === 'string' || typeof message === 'string' || (typeof message === 'object' && message !== null))
    return
  throw new CallbackError(
    agent,
    `Agent ${quote(agent)}: ${what} gave ${quote(value)}. It must give { message }, { stop: 'no-reply' } to stay ` +
      'silent, or, as a reply function, undefined to pass the turn on.',
  )
}

/** One link of an agent's reply pipeline. `undefined` passes the turn on to the next link. */
export type ReplyFunction = (turn: Turn) => Reply | undefined | Promise<Reply | undefined>

/** A class of agents; its subclasses are of that kind too. */
export type AgentClass = abstract new (...args: never[]) => Agent

/** One condition on the sender: an agent, a kind, a name, a test, or `null` for no sender at all. */
export type SenderTest = Agent | AgentClass | string | null | ((sender: Agent | undefined) => boolean)

/** Which senders a reply function answers: a condition, or a list of which one must hold. */
export type Trigger = SenderTest | readonly Trigger[]

/** The key of a step in the runtime's journal, the same whenever the run is repeated. */
export function stepKey(turn: Pick<Turn, 'messageId' | 'recipient'>, kind: string): string {
  return `${turn.messageId}/${turn.recipient.name}.${kind}`
}

/**
 * Says whether a trigger is met by a sender.
 *
 * @throws ConfigurationError `sender-required` for a name when there is no sender, `unknown-trigger` for anything
 *   that is no trigger.
 */
export function matchesTrigger(trigger: Trigger, sender: Agent | undefined): boolean {
  if (isTriggerList(trigger)) return trigger.some((one) => matchesTrigger(one, sender))
  if (trigger === null) return sender === undefined
  if (typeof trigger === 'string') {
    if (sender) return sender.name === trigger
    throw new ConfigurationError(
      'sender-required',
      `The trigger ${quote(trigger)} asks for the sender's name, but there is no sender. ` +
        `Put null in front of it in a list, as in [null, ${quote(trigger)}], or give a sender.`,
    )
  }
  if (isAgentClass(trigger)) return sender instanceof trigger
  if (typeof trigger !== 'function') return trigger === sender
  const met: unknown = trigger(sender)
  if (typeof met === 'boolean') return met
  throw new ConfigurationError(
    'unknown-trigger',
    `The trigger function ${quote(trigger.name)} gave ${quote(met)}. It must return true or false.`,
  )
}

/**
 * Refuses what can never be met.
 *
 * @throws ConfigurationError `unknown-trigger`.
 */
export function assertTrigger(trigger: unknown, agent: string): asserts trigger is Trigger {
  const problem = problemOf(trigger)
  if (problem === undefined) return
  throw new ConfigurationError(
    'unknown-trigger',
    `Agent ${quote(agent)} has a reply function whose trigger ${quote(trigger)} ${problem}. ` +
      'Use an agent, a class of agents, a name, a function, null for no sender, or a list of these.',
  )
}

function problemOf(trigger: unknown): string | undefined {
  if (Array.isArray(trigger)) {
    if (trigger.length === 0) return 'matches nothing'
    return trigger.map(problemOf).find((problem) => problem !== undefined)
  }
  if (trigger === null || typeof trigger === 'function') return undefined
  if (typeof trigger === 'string') return trigger === '' ? 'matches nothing' : undefined
  return isAgent(trigger) ? undefined : 'is no trigger'
}

function isTriggerList(trigger: Trigger): trigger is readonly Trigger[] {
  return Array.isArray(trigger)
}

function isAgentClass(trigger: SenderTest): trigger is AgentClass {
  if (typeof trigger !== 'function') return false
  const prototype: unknown = trigger.prototype
  return typeof prototype === 'object' && prototype !== null && 'generateReply' in prototype
}

/** Says whether a value can take a turn. */
export function isAgent(value: unknown): value is Agent {
  return typeof value === 'object' && value !== null && 'generateReply' in value && 'name' in value
}
