import type { Agent } from './agent.ts'
import { callback } from './callback.ts'
import type { Conversation } from './conversation.ts'
import { CallbackError } from './errors/callback-error.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { ModelError } from './errors/model-error.ts'
import { textOf, type JsonValue, type Message } from './message.ts'
import { askModel } from './model/model-client.ts'
import { promptFor } from './model/prompt.ts'
import { speakerNamesOf } from './model/speaker-names.ts'
import type { ChatContext } from './ports/chat-context.ts'
import { isPromise } from './util/is-promise.ts'
import { quote } from './util/quote.ts'

/** What a summary function is given. */
export interface SummaryInput {
  readonly sender: Agent
  readonly recipient: Agent
  readonly messages: readonly Message[]
  readonly summaryArgs: SummaryArgs
}

/**
 * How a chat is summed up.
 *
 * - `last_msg`: the text of the last message, with every `TERMINATE` cut out and nothing trimmed.
 * - `reflection_with_llm`: what a model makes of the whole chat: the recipient's, or else the sender's.
 * - a function of the chat; its text is the summary.
 * - `null`: the empty text.
 */
export type SummaryMethod =
  | 'last_msg'
  | 'reflection_with_llm'
  | null
  | ((input: SummaryInput) => string | Promise<string>)

/** Arguments of a summary method; a function may be given further ones. */
export interface SummaryArgs {
  /** What `reflection_with_llm` asks for. */
  readonly summaryPrompt?: string
  /** The role of that question in the request. Default `system`. */
  readonly summaryRole?: 'system' | 'user'
  readonly [argument: string]: JsonValue | undefined
}

/** The question of `reflection_with_llm`, unless `summaryArgs.summaryPrompt` says otherwise. */
export const REFLECTION_PROMPT =
  'Sum up what came out of the conversation above, in a few sentences. Give the outcome alone, with no words of introduction.'

/** A chat that has ended and is to be summed up. */
export interface ChatToSumUp {
  readonly sender: Agent
  readonly recipient: Agent
  readonly conversation: Conversation
  readonly summaryMethod: SummaryMethod
  readonly summaryArgs: SummaryArgs
}

/**
 * Refuses a way of summing up that cannot work.
 *
 * @throws ConfigurationError `invalid-option` or `summary-needs-model`.
 */
export function checkSummary(chat: Omit<ChatToSumUp, 'conversation'>): void {
  const { sender, recipient, summaryMethod, summaryArgs } = chat
  const { summaryPrompt, summaryRole } = summaryArgs
  const known = summaryMethod === null || typeof summaryMethod === 'function'
  if (!known && summaryMethod !== 'last_msg' && summaryMethod !== 'reflection_with_llm') {
    throw invalid(
      'summaryMethod',
      summaryMethod,
      "Use 'last_msg', 'reflection_with_llm', a function, or null for none.",
    )
  }
  if (summaryMethod !== 'reflection_with_llm') return
  if (summaryPrompt !== undefined && typeof summaryPrompt !== 'string')
    throw invalid('summaryPrompt', summaryPrompt, 'Give a text.')
  if (summaryRole !== undefined && summaryRole !== 'system' && summaryRole !== 'user') {
    throw invalid('summaryRole', summaryRole, "Use 'system' or 'user'.")
  }
  if (recipient.llmConfig ?? sender.llmConfig) return
  throw new ConfigurationError(
    'summary-needs-model',
    `The chat of ${quote(sender.name)} with ${quote(recipient.name)} has the summaryMethod "reflection_with_llm", ` +
      'but neither agent has a model. Give one of them an llmConfig, or use summaryMethod: "last_msg".',
  )
}

/** Sums a chat up. A model that refuses the request for a reflection leaves the summary empty. */
export async function sumUp(chat: ChatToSumUp, context: ChatContext): Promise<string> {
  const { summaryMethod: method, conversation, sender } = chat
  if (method === null) return ''
  if (method === 'last_msg') return lastMessageSummary(conversation, sender)
  if (method === 'reflection_with_llm') return reflect(chat, context)
  const { recipient, summaryArgs } = chat
  const input = { sender, recipient, messages: conversation.messagesFor(sender.name), summaryArgs }
  const made = callback({ agent: sender.name, what: 'its summaryMethod', signal: context.signal }, () => method(input))
  const summary: unknown = isPromise(made) ? await made : made
  if (typeof summary === 'string') return summary
  throw new CallbackError(
    sender.name,
    `Agent ${quote(sender.name)}: its summaryMethod gave ${quote(summary)}. It must give a text.`,
  )
}

async function reflect(chat: ChatToSumUp, context: ChatContext): Promise<string> {
  const { sender, recipient, conversation, summaryArgs } = chat
  const agent = recipient.llmConfig ? recipient : sender
  const { llmConfig } = agent
  if (!llmConfig) return ''
  const { summaryPrompt = REFLECTION_PROMPT, summaryRole = 'system' } = summaryArgs
  const inGroup = conversation.group !== undefined
  const prompt = promptFor(recipient.name, conversation.messagesFor(sender.name), {
    inGroup,
    names: speakerNamesOf(llmConfig),
  })
  prompt.push(
    summaryRole === 'system'
      ? { role: 'system', content: summaryPrompt }
      : { role: 'user', content: [{ type: 'text', text: summaryPrompt }] },
  )
  try {
    const step = `${conversation.nextMessageId}/${agent.name}.summary`
    const source = { conversation, viewer: seenBy(chat), closing: 1 }
    const answer = await askModel(llmConfig, { agent: agent.name, purpose: 'summary', prompt, step, source }, context)
    return answer.text ?? ''
  } catch (error) {
    if (error instanceof ModelError && error.status === 400) return ''
    throw error
  }
}

/** Whose view of a conversation is shown at its end: the recipient's, if it sees no more than the sender. */
export function seenBy({
  sender,
  recipient,
  conversation,
}: Pick<ChatToSumUp, 'sender' | 'recipient' | 'conversation'>): string {
  const same = conversation.messagesFor(recipient.name) === conversation.messagesFor(sender.name)
  return same ? recipient.name : sender.name
}

/** The text of the last message that the sender may see, with every `TERMINATE` cut out. */
export function lastMessageSummary(conversation: Conversation, sender: Agent): string {
  const last = conversation.messagesFor(sender.name).at(-1)
  if (!last) return ''
  if (typeof last.content === 'string') return textOf(last).replaceAll('TERMINATE', '')
  return last.content
    .flatMap((part) => (part.type === 'text' ? [part.text.replaceAll('TERMINATE', '')] : []))
    .join('\n')
}

function invalid(option: string, value: unknown, advice: string): ConfigurationError {
  return new ConfigurationError('invalid-option', `The ${option} ${quote(value)} is not known. ${advice}`)
}
