import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { ModelSource } from '../ports/model.ts'
import { isPromise } from '../util/is-promise.ts'
import type { ModelCall } from './model-call.ts'
import { resolveModel } from './resolve-model.ts'
import { callOf } from './streamed-call.ts'

/** A call, and the name of the model that it asks. */
export interface NamedCall {
  /** `provider/model`. */
  readonly modelId: string
  readonly call: ModelCall
}

/**
 * A model as a call; one that is known by its name alone is loaded when it is first asked.
 *
 * @param toCall - Makes the call of a model. Default: the model as it stands.
 */
export function namedCall(
  source: ModelSource,
  toCall: (model: LanguageModelV4, modelId: string) => ModelCall = (model, modelId) => callOf(model, modelId),
): NamedCall {
  const modelId = modelIdOf(source)
  const model = typeof source === 'string' ? undefined : resolveModel(source)
  if (model && !isPromise(model)) return { modelId, call: toCall(model, modelId) }
  return {
    modelId,
    call: async (options, take, context) => {
      const loaded = await (model ?? resolveModel(source))
      return toCall(loaded, `${loaded.provider}/${loaded.modelId}`)(options, take, context)
    },
  }
}

/** `provider/model`, as it is known before the model was loaded. */
export function modelIdOf(source: ModelSource): string {
  return typeof source === 'string' ? source : `${source.provider}/${source.modelId}`
}

/** What tells a model from others for a cache: its name, and where it is asked if the model says so. */
export function identityOf(source: ModelSource): { readonly model: string; readonly endpoint?: unknown } {
  const hasEndpoint = typeof source === 'object' && 'endpoint' in source
  return { model: modelIdOf(source), ...(hasEndpoint && { endpoint: source.endpoint }) }
}
