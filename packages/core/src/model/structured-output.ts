import type { LlmConfig } from '../ports/model.ts'
import { modelsOf } from './entries.ts'

/** Providers whose models take a JSON Schema for their answer. */
const PROVIDERS = /^(?:openai|azure|google|vertex|mistral|xai|groq|fireworks|togetherai|cerebras|llama-cpp)\b/

/** Whether a model, or each one of a list, is to be asked for JSON of a schema. */
export function offersStructuredOutput(config: LlmConfig, choice: 'auto' | 'always' | 'never'): boolean {
  if (choice !== 'auto') return choice === 'always'
  return modelsOf(config.model).every((model) => PROVIDERS.test(typeof model === 'string' ? model : model.provider))
}
