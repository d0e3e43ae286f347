import type { ChatResult } from './chat-result.ts'
import type { ChatRun } from './chat-run.ts'
import { checkChat, holdConversation } from './chat.ts'
import { Conversation } from './conversation.ts'
import type { MessageInput } from './message.ts'
import { startRun, type RunOptions } from './start-run.ts'
import { whileAnswering, type Sides } from './two-agents.ts'

/** How one message is sent. */
export interface SendOptions {
  /** The conversation that it belongs to. Default: a new one. */
  readonly conversation?: Conversation
  /**
   * Whether the recipient answers. Default: if it answers in this conversation, which both sides do after a chat
   * without `maxTurns`; they then go on until one stays silent.
   */
  readonly requestReply?: boolean
  readonly silent?: boolean
}

/** Sends one message, and lets the other side answer if it is asked to. */
export function send(sides: Sides, message: MessageInput, options: SendOptions & RunOptions = {}): ChatRun<ChatResult> {
  const { conversation: earlier, requestReply, silent = false, ...run } = options
  checkChat(sides, { silent })
  return startRun({ ...run, agents: [sides.sender, sides.recipient] }, (outer, leave) => {
    const conversation = earlier ?? new Conversation({ id: outer.newChatId() })
    const rule = whileAnswering(sides, conversation, requestReply)
    const chat = { message, silent, ...(earlier && { conversation: earlier }) }
    return holdConversation({ sides, options: chat, conversation, rule }, { outer, leave })
  })
}
