import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { ModelSettings } from '../ports/model.ts'
import { isPromise } from '../util/is-promise.ts'
import type { ModelCall } from './model-call.ts'
import { callOf } from './streamed-call.ts'
import { withBudget } from './with-budget.ts'

/** One attempt to have a request answered, as far as a budget pays for it, and within its deadlines. */
export function triedCall(model: LanguageModelV4, modelId: string, settings: ModelSettings): ModelCall {
  const paid = withBudget(callOf(model, modelId, settings), modelId)
  /** Once the price is known. On its own, so that the usual way has nothing to capture. */
  const paidLater: ModelCall = async (options, take, context) => {
    const { attempts, cancellation } = context
    if (attempts) attempts.price = await cancellation.guard(Promise.resolve(attempts.prices.of(model)))
    return paid(options, take, context)
  }
  return (options, take, context) => {
    const { attempts } = context
    if (!attempts) return paid(options, take, context)
    const price = settings.price ?? attempts.prices.of(model)
    if (isPromise(price)) return paidLater(options, take, context)
    attempts.price = price
    return paid(options, take, context)
  }
}
