import { AgentChatError } from './agent-chat-error.ts'

/** A function that was handed in (a reply function, a hook, a human input…) threw, or gave back rubbish. */
export class CallbackError extends AgentChatError {
  override readonly name = 'CallbackError'
  readonly code = 'callback'
  /** The agent that the function was registered with, or the sender of the chat. */
  readonly agent: string

  constructor(agent: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.agent = agent
  }
}
