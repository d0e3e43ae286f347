import { AgentChatError } from './agent-chat-error.ts'

/**
 * What was wrong with the setup.
 *
 * `invalid-option`, `unknown-option`, `unknown-trigger`, `sender-required`, `duplicate-hook`, `unknown-hook`,
 * `invalid-tool`, `unknown-tool`, `tool-needs-model`, `summary-needs-model`, `invalid-carryover`, `duplicate-agent`,
 * `invalid-graph`, `unknown-model`, `no-human-input`, `conversation-in-use`.
 */
export type ConfigurationCode =
  | 'invalid-option'
  | 'unknown-option'
  | 'unknown-trigger'
  | 'sender-required'
  | 'duplicate-hook'
  | 'unknown-hook'
  | 'invalid-tool'
  | 'unknown-tool'
  | 'tool-needs-model'
  | 'summary-needs-model'
  | 'invalid-carryover'
  | 'duplicate-agent'
  | 'invalid-graph'
  | 'unknown-model'
  | 'no-human-input'
  | 'conversation-in-use'

/** A mistake that the programmer can mend: the message names the thing, quotes the value and says what to do. */
export class ConfigurationError extends AgentChatError {
  override readonly name = 'ConfigurationError'
  readonly code: ConfigurationCode

  constructor(code: ConfigurationCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
