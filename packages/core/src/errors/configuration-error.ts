import { AgentChatError } from './agent-chat-error.ts'

/**
 * What was wrong with the setup.
 *
 * `invalid-option`, `unknown-option`, `unknown-trigger`, `sender-required`, `duplicate-hook`, `unknown-hook`,
 * `invalid-tool`, `unknown-tool`, `tool-needs-model`, `summary-needs-model`, `invalid-output`, `output-needs-model`,
 * `invalid-carryover`, `missing-slot`, `duplicate-agent`, `invalid-graph`, `unknown-model`, `no-human-input`,
 * `conversation-in-use`, `events-not-kept`, `request-too-large`; of groups
 * `too-few-agents`, `unknown-member`, `transitions-and-repeat`, `transitions-type`, `unknown-selection-method`,
 * `invalid-speaker-selection`, `speaker-not-in-group`, `no-agent-for-tool`, `manager-with-tools`, `unknown-speaker`; of prices and budgets
 * `unknown-price`.
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
  | 'invalid-output'
  | 'output-needs-model'
  | 'missing-slot'
  | 'invalid-carryover'
  | 'duplicate-agent'
  | 'invalid-graph'
  | 'unknown-model'
  | 'no-human-input'
  | 'conversation-in-use'
  | 'events-not-kept'
  | 'request-too-large'
  | 'too-few-agents'
  | 'unknown-member'
  | 'transitions-and-repeat'
  | 'transitions-type'
  | 'unknown-selection-method'
  | 'invalid-speaker-selection'
  | 'speaker-not-in-group'
  | 'no-agent-for-tool'
  | 'manager-with-tools'
  | 'unknown-speaker'
  | 'unknown-price'

/** A mistake that the programmer can mend: the message names the thing, quotes the value and says what to do. */
export class ConfigurationError extends AgentChatError {
  override readonly name = 'ConfigurationError'
  readonly code: ConfigurationCode

  constructor(code: ConfigurationCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
