import type { Agent, Turn } from './agent.ts'
import type { Conversation } from './conversation.ts'
import type { EventOrigin } from './event.ts'
import type { ChatContext } from './ports/chat-context.ts'
import { UsageMeter } from './usage.ts'

/** The context of a chat inside another context: a place of its own, and a meter that counts for both. */
export function chatContext(outer: ChatContext, chatId: string): ChatContext {
  return at(outer, { chatId, path: outer.path }, { scope: chatId, usage: new UsageMeter(outer.usage) })
}

/** The turn of an agent that is asked to reply to the last message of a conversation. */
export function turnOf(
  chat: ChatContext,
  conversation: Conversation,
  who: { readonly recipient: Agent; readonly sender: Agent | undefined; readonly silent: boolean },
): Turn {
  const { recipient, sender, silent } = who
  const { chatId } = chat
  const messageId = conversation.nextMessageId
  const path = pathTo(chat, recipient.name)
  const origin = { chatId, path }
  let chats = 0
  // Written out, not spread from another object: there is one for every message.
  return {
    signal: chat.signal,
    cancellation: chat.cancellation,
    runtime: chat.runtime,
    humanInput: chat.humanInput,
    usage: chat.usage,
    prices: chat.prices,
    budget: chat.budget,
    chatId,
    path,
    emit: (event, elsewhere = origin) => chat.emit(event, elsewhere),
    newChatId: () => `${messageId}.${chats++}`,
    recipient,
    sender,
    silent,
    conversation,
    messages: conversation.messagesFor(recipient.name),
    messageId,
  }
}

/** The agents inside whose turns something happens, when `agent` is at it. */
export function pathTo({ path }: ChatContext, agent: string): readonly string[] {
  // Mostly there is nobody around it; and a list that is spread into another one makes room for many more.
  return path.length === 0 ? [agent] : [...path, agent]
}

/** The same context with chats inside it numbered by `scope`: for a part of a turn that may run beside others. */
export function scopedContext(outer: ChatContext, scope: string): ChatContext {
  return at(outer, { chatId: outer.chatId, path: outer.path }, { scope, usage: outer.usage })
}

function at(
  outer: ChatContext,
  origin: EventOrigin,
  own: { readonly scope: string; readonly usage: UsageMeter },
): ChatContext {
  let chats = 0
  return {
    signal: outer.signal,
    cancellation: outer.cancellation,
    runtime: outer.runtime,
    humanInput: outer.humanInput,
    usage: own.usage,
    prices: outer.prices,
    budget: outer.budget,
    ...origin,
    emit: (event, elsewhere = origin) => outer.emit(event, elsewhere),
    newChatId: () => `${own.scope}.${chats++}`,
  }
}
