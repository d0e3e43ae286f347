import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { ModelSettings } from '../ports/model.ts'
import type { ModelPrice } from '../ports/prices.ts'
import { isPromise } from '../util/is-promise.ts'
import type { AnswerNotes, ModelCall } from './model-call.ts'
import { callOf } from './streamed-call.ts'
import { withBudget } from './with-budget.ts'

/** One attempt to have a request answered, as far as a budget pays for it, and within its deadlines. */
export function triedCall(model: LanguageModelV4, modelId: string, settings: ModelSettings): ModelCall {
  const paid = withBudget(callOf(model, modelId, settings), modelId)
  return (options, take, context) => {
    const { attempts, cancellation } = context
    if (!attempts) return paid(options, take, context)
    const ask = (price: ModelPrice | undefined): Promise<AnswerNotes | undefined> => {
      attempts.price = price
      return paid(options, take, context)
    }
    const price = settings.price ?? attempts.prices.of(model)
    return isPromise(price) ? cancellation.guard(price).then(ask) : ask(price)
  }
}
