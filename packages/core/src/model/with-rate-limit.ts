import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { ModelSource } from '../ports/model.ts'
import type { RateLimit } from '../ports/rate-limit.ts'
import { layeredModel } from './layered-model.ts'
import type { ModelCall, TakePart } from './model-call.ts'
import { tokenBound } from './token-bound.ts'

/** A model whose calls wait for their turn. Give one limit to all models that share it. */
export function withRateLimit(model: ModelSource, limit: RateLimit): LanguageModelV4 {
  return layeredModel(model, {}, ({ call }) => limitedCall(call, limit))
}

/** Makes a call when the limit lets it through, and tells the limit what it took. */
export function limitedCall(next: ModelCall, limit: RateLimit): ModelCall {
  return async (options, take, context) => {
    const slot = await limit.enter(() => likelyTokens(options), context.cancellation)
    const settling: TakePart = (part, modelId) => {
      if (part.type === 'finish') {
        const { inputTokens, outputTokens } = part.usage
        // What was not reported stays as it was guessed.
        if (inputTokens.total !== undefined) slot.settle(inputTokens.total + (outputTokens.total ?? 0))
      }
      take(part, modelId)
    }
    return next(options, settling, context)
  }
}

/** A token is about four letters; an answer may be as long as it is allowed to be. */
function likelyTokens(options: LanguageModelV4CallOptions): number {
  return Math.ceil(tokenBound(options) / 4) + (options.maxOutputTokens ?? 0)
}
