import type { Agent } from './agent.ts'
import { Conversation } from './conversation.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { authorOf, type Message, type MessageDraft } from './message.ts'
import type { Group } from './speaker-selection/group.ts'
import { quote } from './util/quote.ts'

/** How a stored transcript is taken up. */
export interface ResumeOptions {
  /** Cut out of the last message wherever it stands, so that it does not end the chat at once. */
  readonly removeTerminationString?: string
  /** Who opened the chat from outside the group, if its messages are there. */
  readonly initiator?: Agent
  /** The id of the conversation. Default: that of the stored messages. */
  readonly id?: string
}

/** A group chat that can go on. */
export interface PreparedGroup {
  /** Who said the last message, and opens the chat with it. */
  readonly lastSpeaker: Agent
  readonly message: MessageDraft
  /** What was said before. */
  readonly conversation: Conversation
}

/** Makes a conversation of all but the last message, which its author is to say again. */
export function prepareGroup(group: Group, messages: readonly Message[], options: ResumeOptions): PreparedGroup {
  const last = messages.at(-1)
  if (!last) throw refuse(group, 'no message at all', 'Give the messages of an earlier result: result.chatHistory.')
  const known = options.initiator ? [...group.agents, options.initiator] : group.agents
  for (const message of messages) {
    const author = authorOf(message)
    if (author === group.manager || known.some(({ name }) => name === author)) continue
    const members = group.agents.map(({ name }) => quote(name)).join(', ')
    throw refuse(group, `a message by ${quote(author)}, who is not in the group`, `Its members are ${members}.`)
  }
  const lastSpeaker = known.find(({ name }) => name === authorOf(last))
  if (!lastSpeaker) throw refuse(group, 'a last message by its manager', 'Leave it out: a member has to go on.')
  const id = options.id ?? last.id.slice(0, Math.max(0, last.id.lastIndexOf('/')))
  const conversation = new Conversation({ id, messages: messages.slice(0, -1), group: group.manager })
  const { id: _id, by: _by, ...message } = last
  return {
    lastSpeaker,
    message: { ...message, content: without(options.removeTerminationString, last.content) },
    conversation,
  }
}

function without(word: string | undefined, content: Message['content']): Message['content'] {
  if (!word) return content
  if (typeof content === 'string') return content.replaceAll(word, '')
  return content.map((part) => (part.type === 'text' ? { ...part, text: part.text.replaceAll(word, '') } : part))
}

function refuse({ manager }: Group, problem: string, advice: string): ConfigurationError {
  return new ConfigurationError(
    'unknown-speaker',
    `The group of ${quote(manager)} was to be resumed with ${problem}. ${advice}`,
  )
}
