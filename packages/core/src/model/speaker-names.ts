import type { LlmConfig, ModelSource, SpeakerNames } from '../ports/model.ts'
import { modelsOf } from './entries.ts'

/**
 * How a model is told who said what in a group: as the configuration says, or the model itself, which may read
 * `providerOptions.conversable.name`. Providers have no field for it, so by default the name stands in the text.
 */
export function speakerNamesOf(config: LlmConfig): SpeakerNames {
  if (config.speakerNames) return config.speakerNames
  return modelsOf(config.model).every(readsNames) ? 'metadata' : 'text'
}

function readsNames(model: ModelSource): boolean {
  return typeof model === 'object' && 'speakerNames' in model && model.speakerNames === 'metadata'
}
