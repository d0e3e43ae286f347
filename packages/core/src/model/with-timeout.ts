import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { ModelSource } from '../ports/model.ts'
import { layeredModel } from './layered-model.ts'
import { namedCall } from './named-call.ts'
import { callOf, type Deadlines } from './streamed-call.ts'

/**
 * A model that may not be silent, nor busy with one answer, for too long, whether it listens to its signal or not.
 *
 * @throws ModelError of the kind `timeout`, retryable; in place of an answer, or of its rest.
 */
export function withTimeout(model: ModelSource, deadlines: Deadlines = {}): LanguageModelV4 {
  const { call } = namedCall(model, (resolved, name) => callOf(resolved, name, { ...deadlines }))
  return layeredModel(model, {}, () => call)
}
