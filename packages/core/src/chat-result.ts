import type { Conversation } from './conversation.ts'
import type { Message } from './message.ts'
import type { StopReason } from './stop-reason.ts'
import type { UsageReport } from './usage.ts'

/** What is left of a chat that has ended. */
export interface ChatResult<Output = unknown> {
  readonly chatId: string
  readonly sender: string
  readonly recipient: string
  /** The whole transcript, frozen: later chats do not change it. */
  readonly chatHistory: readonly Message[]
  /**
   * As `summaryMethod` made it; empty when the chat failed or was cancelled. Of a chat that a budget ended it is the
   * last message, whatever the method, and nothing for the method `null`.
   */
  readonly summary: string
  /** What the chat was asked for by its option `output`, checked; absent if it was not, and in a chat that failed. */
  readonly output: Output
  readonly stopReason: StopReason
  /** To go on from: `initiateChat(recipient, { conversation: result.conversation })`. */
  readonly conversation: Conversation
  /** Model usage of this chat, its summary and the chats inside it. */
  readonly usage: UsageReport
  /** What the sender's person typed, Enter (an empty text) and `exit` included. */
  readonly humanInput: readonly string[]
}
