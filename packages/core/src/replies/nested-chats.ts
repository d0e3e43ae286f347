import type { Agent, ReplyFunction, Turn } from '../agent.ts'
import { callback } from '../callback.ts'
import { checkQueue, holdChats, QUEUE_OPTIONS, type QueuedChat } from '../chat-queue.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { textOf, type MessageInput } from '../message.ts'
import { quote } from '../util/quote.ts'

/** A chat inside a reply. */
export interface NestedChat extends Omit<QueuedChat, 'sender' | 'message'> {
  /** Defaults to the agent that replies. */
  readonly sender?: QueuedChat['sender']
  /**
   * What it opens with: a message, or a function of the outer turn that may give none. Without it the first chat of
   * the list opens with the last outer message, and any other is left out.
   */
  readonly message?: MessageInput | ((turn: Turn) => MessageInput | undefined | Promise<MessageInput | undefined>)
}

/**
 * Holds chats of its own, as the inner thoughts of the agent, and replies with the last one's summary. All opening
 * messages are worked out before the first chat begins; if none is left the agent stays silent.
 */
export function nestedChatsReply(chats: readonly NestedChat[]): ReplyFunction {
  return async (turn) => {
    const queue: QueuedChat[] = []
    for (const [index, chat] of chats.entries()) {
      const message = await openingOf(chat, index, turn)
      if (message === undefined || message === '') continue
      refuseOuterPartner(chat, turn)
      queue.push({ ...chat, sender: chat.sender ?? turn.recipient, message })
    }
    if (queue.length === 0) return { stop: 'no-reply' }
    const results = await holdChats(queue, turn)
    return { message: results.at(-1)?.summary ?? '' }
  }
}

/**
 * Refuses chats that cannot be held, when they are registered.
 *
 * @throws ConfigurationError
 */
export function checkNestedChats(chats: readonly NestedChat[], owner: Agent): void {
  const queue = chats.map(({ sender = owner, message: _message, ...chat }) => ({ ...chat, sender }))
  checkQueue(queue, QUEUE_OPTIONS)
}

async function openingOf(chat: NestedChat, index: number, turn: Turn): Promise<MessageInput | undefined> {
  const { message } = chat
  if (typeof message === 'function')
    return callback({ agent: turn.recipient.name, what: 'the message of a nested chat', signal: turn.signal }, () =>
      message(turn),
    )
  if (message !== undefined) return message
  const last = turn.messages.at(-1)
  return index === 0 && last ? textOf(last) : undefined
}

function refuseOuterPartner({ recipient }: NestedChat, turn: Turn): void {
  if (recipient !== turn.sender) return
  throw new ConfigurationError(
    'invalid-option',
    `Agent ${quote(turn.recipient.name)} has a nested chat with ${quote(recipient.name)}, who is waiting for its reply in ` +
      'the outer chat. Choose a trigger that leaves the partners of the nested chats out.',
  )
}
