import type { Agent, Turn } from './agent.ts'
import type { Conversation } from './conversation.ts'
import type { Emit, EventOrigin } from './event.ts'
import type { ChatContext } from './ports/chat-context.ts'
import type { Runtime } from './ports/runtime.ts'
import { UsageMeter } from './usage.ts'

/** The context of a chat inside another context: a place of its own, and a meter that counts for both. */
export function chatContext(outer: ChatContext, chatId: string): ChatContext {
  const { path, runtime } = outer
  const origin = { chatId, path }
  const emit: Emit = (event, elsewhere = origin) => outer.emit(event, elsewhere)
  return at(outer, origin, { scope: chatId, usage: new UsageMeter(outer.usage), emit, runtime })
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

/**
 * The same place with chats inside it numbered by `scope`: for a part of a turn that may run beside others.
 *
 * @param inside - What is used there. Default: what is used outside.
 */
export function scopedContext(
  outer: ChatContext,
  scope: string,
  { emit, runtime }: Pick<ChatContext, 'emit' | 'runtime'> = outer,
): ChatContext {
  const { chatId, path, usage } = outer
  return at(outer, { chatId, path }, { scope, usage, emit, runtime })
}

interface OwnContext {
  readonly scope: string
  readonly usage: UsageMeter
  readonly emit: Emit
  readonly runtime: Runtime
}

function at(outer: ChatContext, { chatId, path }: EventOrigin, own: OwnContext): ChatContext {
  const { scope, usage, emit, runtime } = own
  let chats = 0
  return {
    signal: outer.signal,
    cancellation: outer.cancellation,
    runtime,
    humanInput: outer.humanInput,
    usage,
    prices: outer.prices,
    budget: outer.budget,
    chatId,
    path,
    emit,
    newChatId: () => `${scope}.${chats++}`,
  }
}
