import type { LlmConfig, ModelEntry, ModelSource } from '../ports/model.ts'
import type { ModelName, Prices } from '../ports/prices.ts'
import { modelIdOf } from './named-call.ts'

/** The models of a configuration, in the order in which they are asked, each with the settings that are its own. */
export function entriesOf({ model }: Pick<LlmConfig, 'model'>): readonly ModelEntry[] {
  return isList(model) ? model.map((one) => (isEntry(one) ? one : { model: one })) : [{ model }]
}

/** The models alone. */
export function modelsOf(model: LlmConfig['model']): readonly ModelSource[] {
  return entriesOf({ model }).map((entry) => entry.model)
}

/** Whether several models stand in for one another. */
export function isList(model: LlmConfig['model']): model is readonly (ModelSource | ModelEntry)[] {
  return Array.isArray(model)
}

/** Whether it is settings around a model, and not the model itself. */
export function isEntry(model: ModelSource | ModelEntry): model is ModelEntry {
  return typeof model === 'object' && 'model' in model && !('doStream' in model)
}

/**
 * What a model of a configuration costs, as far as it is known by its name alone; the first one of that name, if there
 * are several.
 */
export function priceOf(config: LlmConfig, modelId: string, prices: Prices): ReturnType<Prices['of']> {
  const entry = entriesOf(config).find(({ model }) => withoutKind(modelIdOf(model)) === withoutKind(modelId))
  return entry?.price ?? config.price ?? prices.of(nameOf(modelId))
}

/** The name of `provider/model`, in its parts. */
export function nameOf(modelId: string): ModelName {
  const slash = modelId.indexOf('/')
  return { provider: modelId.slice(0, slash), modelId: modelId.slice(slash + 1) }
}

/** Provider packages say more of a model than its name does: `openai.responses/gpt-5` is `openai/gpt-5`. */
function withoutKind(modelId: string): string {
  return modelId.replace(/^([^./]+)\.[^/]*\//, '$1/')
}
