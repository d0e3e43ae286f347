import { checkCount, checkOptions } from '../../check-options.ts'
import { ConfigurationError } from '../../errors/configuration-error.ts'
import type { ContextWindow } from '../../ports/model.ts'
import { quote } from '../../util/quote.ts'

const OPTIONS = Object.freeze([
  'maxInputTokens',
  'keepLastMessages',
  'maxToolResultTokens',
  'tokenCounter',
  'compaction',
])
const COMPACTION_OPTIONS = Object.freeze(['llmConfig', 'prompt', 'maxTokens'])

/**
 * Refuses a context window that cannot work.
 *
 * @throws ConfigurationError `unknown-option` or `invalid-option`.
 */
export function checkContextWindow(window: ContextWindow, agent: string): void {
  const owner = `the contextWindow of agent ${quote(agent)}`
  checkOptions(owner, window, OPTIONS)
  const { maxInputTokens, tokenCounter, compaction } = window
  if (!Number.isInteger(maxInputTokens) || maxInputTokens < 1) {
    throw refuse(
      `The contextWindow of agent ${quote(agent)} has ${quote(maxInputTokens)} as maxInputTokens. ` +
        "Give the size of the model's window in tokens, less what its answer may take.",
    )
  }
  for (const option of ['keepLastMessages', 'maxToolResultTokens'] as const)
    checkCount(owner, option, { value: window[option] })
  if (tokenCounter !== undefined && typeof tokenCounter.count !== 'function') {
    throw refuse(
      `The contextWindow of agent ${quote(agent)} has ${quote(tokenCounter)} as tokenCounter. ` +
        "Give an object with count, such as await tokenCounterFor('openai/gpt-5').",
    )
  }
  if (compaction === undefined || typeof compaction === 'boolean') return
  checkOptions(`the compaction of agent ${quote(agent)}`, compaction, COMPACTION_OPTIONS)
  checkCount(`the compaction of agent ${quote(agent)}`, 'maxTokens', { value: compaction.maxTokens })
}

function refuse(message: string): ConfigurationError {
  return new ConfigurationError('invalid-option', message)
}
