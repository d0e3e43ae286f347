import { AgentChatError } from 'conversable'

/** Our codes of errors, and those of the scenarios that they stand for. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  'invalid-message': ['invalidMessage'],
  model: ['modelError'],
  callback: ['userError'],
  'invalid-carryover': ['invalidCarryover'],
  'sender-required': ['senderRequired'],
  'unknown-tool': ['unknownTool'],
  'invalid-tool': ['invalidToolName'],
  'tool-needs-model': ['toolNeedsModel'],
  'summary-needs-model': ['summaryNeedsModel'],
  'duplicate-hook': ['duplicateHook'],
  'unknown-hook': ['unknownHook'],
  'too-few-agents': ['tooFewAgents'],
  'transitions-and-repeat': ['transitionsAndRepeat'],
  'transitions-type': ['transitionsTypeMissing'],
  'unknown-selection-method': ['unknownSpeakerSelectionMethod'],
  'invalid-speaker-selection': ['invalidSpeakerSelection'],
  'speaker-not-in-group': ['speakerNotInGroup'],
  'no-agent-for-tool': ['noAgentForTool'],
  'manager-with-tools': ['managerWithTools'],
  'unknown-speaker': ['unknownSpeaker'],
  'invalid-option': ['invalidMaxRetries', 'nothingToReplyTo', 'invalidSummaryMethod', 'invalidLastNMessages'],
}

/** An error of AutoGen that this library does not know, because it has not the function that throws it. */
export class ScenarioError extends Error {
  readonly code: string

  constructor(code: string) {
    super(`AutoGen refuses this: ${code}`)
    this.code = code
  }
}

/** The codes of the scenarios that an error stands for; none for one that no scenario may expect. */
export function codesOf(error: unknown): readonly string[] {
  if (error instanceof ScenarioError) return [error.code]
  return AgentChatError.isInstance(error) ? (CODES[error.code] ?? []) : []
}
