import { AgentChatError } from './agent-chat-error.ts'

/** Something that is no message was to be sent. Nothing of it was stored or shown. */
export class MessageError extends AgentChatError {
  override readonly name = 'MessageError'
  readonly code = 'invalid-message'
}
