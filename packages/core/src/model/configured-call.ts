import type { LlmConfig, ModelEntry, ModelSettings, ModelSource } from '../ports/model.ts'
import type { CallContext } from './call-context.ts'
import { withSettings } from './call-settings.ts'
import { entriesOf, isList } from './entries.ts'
import type { ModelCall } from './model-call.ts'
import { namedCall, type NamedCall } from './named-call.ts'
import { watchedCall } from './watched-call.ts'
import { fallbackCall, type Alternative } from './with-fallback.ts'
import { retriedCall } from './with-retry.ts'

/** The call that a configuration describes: fallback > retry > timeout > provider, as far as it has them. */
export function configuredCall(config: LlmConfig, context: CallContext): ModelCall {
  const { model, filter } = config
  if (!isList(model) && !filter) return callOfOne(model, config, context).call
  return fallbackCall(
    entriesOf(config).map((entry) => alternative(entry, config, context)),
    context,
  )
}

/** One model of a list: its own settings go before those of the list. */
function alternative(entry: ModelEntry, config: LlmConfig, context: CallContext): Alternative {
  const { modelId, call } = callOfOne(entry.model, { ...config, ...entry }, context)
  const filter = entry.filter ?? config.filter
  return {
    modelId,
    call: (options) => call(withSettings({ ...options }, entry)),
    ...(filter && { filter }),
  }
}

function callOfOne(model: ModelSource, settings: ModelSettings, context: CallContext): NamedCall {
  const { modelId, call } = namedCall(model)
  const { retry = {} } = settings
  const watched = watchedCall(call, { modelId, cancellation: context.cancellation, deadlines: settings })
  return { modelId, call: retry ? retriedCall({ modelId, call: watched }, retry, context) : watched }
}
