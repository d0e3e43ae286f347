import type { Sending, Turn } from './agent.ts'
import type { Message, MessageDraft } from './message.ts'

/** The moments at which messages can be changed, and what is called then. Stored messages never change. */
export interface Hooks {
  /** Before a message is sent: what is given back is stored, shown and sent instead. */
  readonly processMessageBeforeSend: (
    about: Sending & { readonly message: MessageDraft },
  ) => MessageDraft | string | Promise<MessageDraft | string>
  /** Before a reply: what is given back is what the ending test, tools, code and model see, in this turn alone. */
  readonly processAllMessagesBeforeReply: (
    messages: readonly Message[],
    turn: Turn,
  ) => readonly Message[] | Promise<readonly Message[]>
  /** Before a reply, and before the hook on all messages: changes the content of the last message, in this turn alone. */
  readonly processLastReceivedMessage: (content: Message['content']) => Message['content'] | Promise<Message['content']>
}

/** The name of a moment. */
export type HookName = keyof Hooks

/** The names of {@link Hooks}. */
export const HOOK_NAMES: readonly HookName[] = Object.freeze([
  'processMessageBeforeSend',
  'processAllMessagesBeforeReply',
  'processLastReceivedMessage',
])
