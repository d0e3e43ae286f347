import type { LlmConfig, SpeakerNames } from '../ports/model.ts'

/**
 * How a model is told who said what in a group: as the configuration says, or the model itself, which may read
 * `providerOptions.conversable.name`. Providers have no field for it, so by default the name stands in the text.
 */
export function speakerNamesOf({ model, speakerNames }: LlmConfig): SpeakerNames {
  if (speakerNames) return speakerNames
  return typeof model === 'object' && 'speakerNames' in model && model.speakerNames === 'metadata' ? 'metadata' : 'text'
}
