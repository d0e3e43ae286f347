import type { ModelSource } from '../ports/model.ts'

/** Providers whose models take a JSON Schema for their answer. */
const PROVIDERS = /^(?:openai|azure|google|vertex|mistral|xai|groq|fireworks|togetherai|cerebras|llama-cpp)\b/

/** Whether a model is to be asked for JSON of a schema. */
export function offersStructuredOutput(model: ModelSource, choice: 'auto' | 'always' | 'never'): boolean {
  if (choice !== 'auto') return choice === 'always'
  return PROVIDERS.test(typeof model === 'string' ? model : model.provider)
}
