import { AgentChatError } from '../errors/agent-chat-error.ts'

/** A scripted model was asked more often than its script goes, or less often. */
export class ScriptError extends AgentChatError {
  override readonly name = 'ScriptError'
  readonly code = 'script'
}
