import type { Agent, Turn } from './agent.ts'
import type { ChatRun } from './chat-run.ts'
import { chatContext, turnOf } from './context.ts'
import { Conversation } from './conversation.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { draftOf } from './message-check.ts'
import type { Message, MessageInput } from './message.ts'
import { startRun, type RunOptions } from './start-run.ts'
import { quote } from './util/quote.ts'

/** On whose behalf an agent is asked for a reply outside of a chat. */
export interface ReplyToOptions {
  /** Who asks. Default: nobody. */
  readonly sender?: Agent
  /** Whose counters count; and what is replied to if no messages are given. Default: none of either. */
  readonly conversation?: Conversation
}

/**
 * Asks an agent for a reply to messages that are not stored.
 *
 * @throws ConfigurationError `invalid-option` when there is nothing to reply to.
 */
export function replyTo(
  agent: Agent,
  messages: MessageInput | readonly MessageInput[] | undefined,
  options: ReplyToOptions & RunOptions = {},
): ChatRun<MessageInput | undefined> {
  const { sender, conversation, ...run } = options
  if (messages === undefined && !conversation) {
    throw new ConfigurationError(
      'invalid-option',
      `Agent ${quote(agent.name)} was asked for a reply to nothing. Give it messages, or a conversation.`,
    )
  }
  return startRun({ ...run, agents: [agent] }, async (outer) => {
    const counted = conversation ?? new Conversation({ id: outer.newChatId() })
    const context = chatContext(outer, counted.id)
    const turn = turnOf(context, counted, { recipient: agent, sender, silent: false })
    const seen = messages === undefined ? turn.messages : transcriptOf(messages, turn)
    const reply = await agent.generateReply({ ...turn, messages: seen }).finally(() => context.usage.close())
    context.signal.throwIfAborted()
    return reply.message
  })
}

/** Messages that belong to no chat; one without a name is the sender's. */
function transcriptOf(
  messages: MessageInput | readonly MessageInput[],
  { conversation, recipient, sender }: Turn,
): readonly Message[] {
  const transcript = new Conversation({ id: conversation.id })
  for (const message of [messages].flat()) {
    const draft = draftOf(message, sender?.name ?? '', recipient.name)
    transcript.append(draft.name ?? sender?.name ?? '', draft)
  }
  return transcript.messages
}
