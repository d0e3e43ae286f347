import { AgentChatError } from './agent-chat-error.ts'

/** A sandbox could not be started, or was lost. A program that fails is a result and not this error. */
export class CodeExecutorError extends AgentChatError {
  override readonly name = 'CodeExecutorError'
  readonly code = 'code-executor'
  /** Whether trying again may help. */
  readonly retryable: boolean

  constructor(message: string, options: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause })
    this.retryable = options.retryable
  }
}
