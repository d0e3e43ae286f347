import type { ModelSource } from '../ports/model.ts'
import { isPromise } from '../util/is-promise.ts'
import { callOf, type ModelCall } from './model-call.ts'
import { resolveModel } from './resolve-model.ts'

/** A call, and the name of the model that it asks. */
export interface NamedCall {
  /** `provider/model`. */
  readonly modelId: string
  readonly call: ModelCall
}

/** A model as a call; one that is known by its name alone is loaded when it is first asked. */
export function namedCall(source: ModelSource): NamedCall {
  const modelId = modelIdOf(source)
  if (typeof source === 'string') {
    return { modelId, call: async (options) => callOf(await resolveModel(source))(options) }
  }
  const model = resolveModel(source)
  return { modelId, call: isPromise(model) ? async (options) => callOf(await model)(options) : callOf(model, modelId) }
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
