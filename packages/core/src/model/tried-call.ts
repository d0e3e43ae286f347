import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { ModelSettings } from '../ports/model.ts'
import type { ModelPrice } from '../ports/prices.ts'
import { isPromise } from '../util/is-promise.ts'
import type { CallContext } from './call-context.ts'
import { callOf, type ModelCall } from './model-call.ts'
import { watchedCall } from './watched-call.ts'
import { withBudget } from './with-budget.ts'

/**
 * One attempt to have a request answered: as far as a budget pays for it, within its deadlines, and seen by whoever
 * watches the run.
 */
export function triedCall(
  model: LanguageModelV4,
  modelId: string,
  { settings, context }: { readonly settings: ModelSettings; readonly context: CallContext },
): ModelCall {
  const { cancellation, attempts } = context
  const watch = { modelId, cancellation, deadlines: settings }
  if (!attempts) return watchedCall(callOf(model, modelId), watch)
  const { agent, budget, prices } = attempts
  const callAt = (price: ModelPrice | undefined): ModelCall => {
    const seen = watchedCall(
      callOf(model, modelId, () => attempts.begin(modelId, price)),
      watch,
    )
    return budget ? withBudget(seen, { budget, agent, model: modelId, price, cancellation }) : seen
  }
  return (options) => {
    const price = settings.price ?? prices.of(model)
    return isPromise(price) ? cancellation.guard(price).then((found) => callAt(found)(options)) : callAt(price)(options)
  }
}
