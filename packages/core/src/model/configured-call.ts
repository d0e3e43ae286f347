import type { LlmConfig, ModelSettings, ModelSource } from '../ports/model.ts'
import { withSettings } from './call-settings.ts'
import { entriesOf, isList } from './entries.ts'
import type { ModelCall } from './model-call.ts'
import { identityOf, namedCall, type NamedCall } from './named-call.ts'
import { providerCall } from './provider-call.ts'
import { triedCall } from './tried-call.ts'
import { cachedCall } from './with-cache.ts'
import { fallbackCall, type Alternative } from './with-fallback.ts'
import { limitedCall } from './with-rate-limit.ts'
import { retriedCall } from './with-retry.ts'

/** The call that a configuration describes, each layer as far as it asks for it. */
export function configuredCall(config: LlmConfig): ModelCall {
  const { model, filter, cache } = config
  const call = isList(model) || filter ? callOfList(config) : callOfOne(model, config).call
  return cache ? cachedCall(call, { cache, models: questionOf(config) }) : call
}

function callOfList(config: LlmConfig): ModelCall {
  const alternatives = entriesOf(config).map((entry): Alternative => {
    // Its own settings go before those of the list.
    const { modelId, call } = callOfOne(entry.model, { ...config, ...entry })
    const filter = entry.filter ?? config.filter
    return { modelId, call: withOwnSettings(call, entry), ...(filter && { filter }) }
  })
  return fallbackCall(alternatives)
}

function withOwnSettings(next: ModelCall, entry: ModelSettings): ModelCall {
  return (options, take, context) => next(withSettings({ ...options }, entry), take, context)
}

/**
 * Retry > rate limit > what the provider wants > budget > timeout > provider. The waits for one's turn, and for room in
 * a budget, stand outside of the deadlines, which are for the model: it is not the model that is silent then.
 */
function callOfOne(model: ModelSource, settings: ModelSettings): NamedCall {
  const { retry = {}, rateLimit, toolCalls } = settings
  const { modelId, call } = namedCall(model, (resolved, name) =>
    providerCall(resolved, name, { toolCalls, call: triedCall(resolved, name, settings) }),
  )
  const limited = rateLimit ? limitedCall(call, rateLimit) : call
  return { modelId, call: retry ? retriedCall({ modelId, call: limited }, retry) : limited }
}

/** Who may answer, and with which settings of its own. */
function questionOf(config: LlmConfig): unknown {
  return entriesOf(config).map(({ model, ...settings }) => ({
    ...identityOf(model),
    // Decides on how tools are written into the prompt.
    toolCalls: settings.toolCalls ?? config.toolCalls,
    settings: withSettings({ prompt: [] }, settings),
  }))
}
