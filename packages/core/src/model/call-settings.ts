import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { ModelSettings } from '../ports/model.ts'

/**
 * Puts the settings that go to the provider into the options of a call, in place of what stands there; of options for
 * providers alone, what this library tells a model's middleware stays.
 *
 * Assigned one by one: a spread for each setting takes longer than all else here.
 */
export function withSettings(options: LanguageModelV4CallOptions, settings: ModelSettings): LanguageModelV4CallOptions {
  const { temperature, topP, maxOutputTokens, stopSequences, seed, providerOptions } = settings
  if (temperature !== undefined) options.temperature = temperature
  if (topP !== undefined) options.topP = topP
  if (maxOutputTokens !== undefined) options.maxOutputTokens = maxOutputTokens
  if (stopSequences !== undefined) options.stopSequences = [...stopSequences]
  if (seed !== undefined) options.seed = seed
  if (providerOptions !== undefined) {
    const { conversable = {} } = options.providerOptions ?? {}
    options.providerOptions = { ...options.providerOptions, ...providerOptions, conversable }
  }
  return options
}
