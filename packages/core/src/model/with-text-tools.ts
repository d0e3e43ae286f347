import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { ModelSource } from '../ports/model.ts'
import { layeredModel } from './layered-model.ts'
import { namedCall } from './named-call.ts'
import { providerCall } from './provider-call.ts'

/**
 * A model without tools as one with tools: it is told of them in words and writes its calls into its answer, where they
 * are found while it comes. For use outside of agents; inside, the option `toolCalls` of `llmConfig` does the same.
 */
export function withTextTools(model: ModelSource): LanguageModelV4 {
  const { call } = namedCall(model, (resolved, name) => providerCall(resolved, name, { toolCalls: 'text' }))
  return layeredModel(model, {}, () => call)
}
