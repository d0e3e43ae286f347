import { assertReply, type Agent, type Reply, type Sending } from './agent.ts'
import { callback, failedCallback } from './callback.ts'
import { pathTo, turnOf } from './context.ts'
import type { Conversation } from './conversation.ts'
import { draftOf } from './message-check.ts'
import type { Message, MessageDraft, MessageInput } from './message.ts'
import type { ChatContext } from './ports/chat-context.ts'
import type { ProgressWatch } from './progress-watch.ts'
import type { StopReason, StopRule } from './stop-reason.ts'
import { isPromise } from './util/is-promise.ts'

/** A chat that is being held. */
export interface HeldChat {
  readonly conversation: Conversation
  readonly context: ChatContext
  /** Whether messages are kept from being printed, unless an agent says otherwise. */
  readonly silent: boolean
  /** Ends the chat when it goes round in circles. */
  readonly watch: ProgressWatch | undefined
  /** Who may see a message that does not say so itself. Default: everybody. */
  readonly visibleTo?: VisibilityRule | undefined
}

/** Says which agents may see a message of `sender`; `undefined` for all. */
export type VisibilityRule = (message: MessageDraft, sender: string) => readonly string[] | undefined

/** A turn that was taken: who was asked, by whom, and how it ended. */
export interface TurnTaken {
  readonly speaker: Agent
  readonly sender: Agent
  readonly reply: Reply
}

/** Who is asked next and on whose behalf, or the rule that ends the chat and the agent that it speaks of. */
export type NextTurn =
  | { readonly speaker: Agent; readonly sender: Agent; readonly stop?: undefined }
  | { readonly stop: StopRule; readonly agent: string; readonly reason?: Partial<StopReason> | undefined }

/** The rule of a chat for who speaks next: all that tells two agents from a group. Given nothing at the start. */
export type SpeakerRule = (last: TurnTaken | undefined) => NextTurn | Promise<NextTurn>

/** The one loop behind every chat: pick a speaker, ask for a reply, write it down, until the rule ends it. */
export async function runChatLoop(chat: HeldChat, nextTurn: SpeakerRule): Promise<StopReason> {
  const { conversation, context } = chat
  const { progress } = conversation
  let last: TurnTaken | undefined
  for (;;) {
    context.signal.throwIfAborted()
    context.budget?.throwIfUsedUp()
    const choice = nextTurn(last)
    const next = isPromise(choice) ? await choice : choice
    if (next.stop !== undefined) return { rule: next.stop, agent: next.agent, turn: progress.turn, ...next.reason }
    const { speaker, sender } = next
    progress.agent = speaker.name
    progress.turn++
    const reply = await speaker.generateReply(
      turnOf(context, conversation, { recipient: speaker, sender, silent: chat.silent }),
    )
    assertReply(reply, speaker.name)
    if (reply.message !== undefined) {
      const sending = sendMessage(chat, reply.message, { sender: speaker, recipient: sender })
      const sent = isPromise(sending) ? await sending : sending
      if (reply.endsChat) return { rule: reply.endsChat === true ? 'stop-tool' : reply.endsChat, ...progress }
      const circle = chat.watch?.observe(sent, reply.polling)
      if (circle) return { rule: 'no-progress', ...progress, ...circle }
    }
    last = { speaker, sender, reply }
  }
}

/**
 * Writes a message down, after the sender had its last word on it, and shows it.
 *
 * @throws MessageError when it is no message; nothing is stored then.
 */
export function sendMessage(
  chat: HeldChat,
  message: MessageInput,
  { sender, recipient }: { readonly sender: Agent; readonly recipient: Agent },
): Message | Promise<Message> {
  const { context } = chat
  const sending = { sender, recipient, silent: sender.silent ?? chat.silent }
  const prepared = prepare(message, sending)
  if (!isPromise(prepared)) return writeDown(chat, prepared, sending)
  const about = { agent: sender.name, what: 'prepareMessage', signal: context.signal }
  return callback(about, () => prepared).then((input) => writeDown(chat, input, sending))
}

function prepare(message: MessageInput, sending: Sending): MessageInput | Promise<MessageInput> {
  const { sender } = sending
  try {
    return sender.prepareMessage ? sender.prepareMessage(message, sending) : message
  } catch (error) {
    return failedCallback({ agent: sender.name, what: 'prepareMessage' }, error)
  }
}

function writeDown(chat: HeldChat, input: unknown, { sender, recipient, silent }: Sending): Message {
  const { conversation, context } = chat
  const draft = draftOf(input, sender.name, recipient.name)
  const visibleTo = draft.visibleTo ?? chat.visibleTo?.(draft, sender.name)
  const stored = conversation.append(sender.name, visibleTo ? { ...draft, visibleTo } : draft)
  const at = { chatId: context.chatId, path: pathTo(context, sender.name) }
  context.emit({ type: 'message', message: stored, recipient: recipient.name, silent }, at)
  return stored
}
