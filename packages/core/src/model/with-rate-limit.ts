import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { ModelSource } from '../ports/model.ts'
import type { RateLimit, RateLimitSlot } from '../ports/rate-limit.ts'
import type { CallContext } from './call-context.ts'
import { layeredModel } from './layered-model.ts'
import type { ModelCall, PartRead, PartReader } from './model-call.ts'
import { tokenBound } from './token-bound.ts'

/** A model whose calls wait for their turn. Give one limit to all models that share it. */
export function withRateLimit(model: ModelSource, limit: RateLimit): LanguageModelV4 {
  return layeredModel(model, {}, ({ call }, context) => limitedCall(call, limit, context))
}

/** Makes a call when the limit lets it through, and tells the limit what it took. */
export function limitedCall(next: ModelCall, limit: RateLimit, { cancellation }: CallContext): ModelCall {
  return async (options) => {
    const slot = await limit.enter(() => likelyTokens(options), cancellation)
    return new SettlingReader(await next(options), slot)
  }
}

/** A token is about four letters; an answer may be as long as it is allowed to be. */
function likelyTokens(options: LanguageModelV4CallOptions): number {
  return Math.ceil(tokenBound(options) / 4) + (options.maxOutputTokens ?? 0)
}

class SettlingReader implements PartReader {
  readonly modelId: string
  held: PartReader['held']
  readonly #parts: PartReader
  readonly #slot: RateLimitSlot

  constructor(parts: PartReader, slot: RateLimitSlot) {
    this.modelId = parts.modelId
    this.held = parts.held
    this.#parts = parts
    this.#slot = slot
  }

  get cutOff(): PartReader['cutOff'] {
    return this.#parts.cutOff
  }

  async read(): Promise<PartRead> {
    const read = await this.#parts.read()
    if (!read.done && read.value.type === 'finish') {
      const { inputTokens, outputTokens } = read.value.usage
      // What was not reported stays as it was guessed.
      if (inputTokens.total !== undefined) this.#slot.settle(inputTokens.total + (outputTokens.total ?? 0))
    }
    return read
  }

  close(): void {
    this.#parts.close()
  }

  cancel(reason: unknown): void {
    this.#parts.cancel(reason)
  }
}
