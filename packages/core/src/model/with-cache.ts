import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { ModelCache } from '../ports/model-cache.ts'
import type { ModelSource } from '../ports/model.ts'
import { canonicalJson } from '../util/canonical-json.ts'
import { sha256 } from '../util/sha256.ts'
import type { CallContext } from './call-context.ts'
import { answerOfText, textOfAnswer, type KeptAnswer } from './kept-answer.ts'
import { layeredModel, type LayerWatcher } from './layered-model.ts'
import type { AnswerNotes, ModelCall, TakePart } from './model-call.ts'
import { identityOf } from './named-call.ts'

/**
 * A model that is asked each question once: the next time the answer comes from the cache, part by part as it came
 * first. Questions are the same if seed, model and all options but headers are; only answers that came to their end are
 * kept.
 */
export function withCache(model: ModelSource, cache: ModelCache, watcher: LayerWatcher = {}): LanguageModelV4 {
  const models = [identityOf(model)]
  return layeredModel(model, watcher, ({ call }) => cachedCall(call, { cache, models }))
}

/** Where answers are kept, and who is asked. */
export interface Cached {
  readonly cache: ModelCache
  /** The models and their settings; part of the key, as JSON. */
  readonly models: unknown
}

/** Takes an answer from the cache, or asks and keeps it. A call that is the same as one under way waits for that one. */
export function cachedCall(next: ModelCall, { cache, models }: Cached): ModelCall {
  return async (options, take, context) => {
    const key = await keyOf(options, { models, seed: cache.seed })
    for (let pending = cache.pending.get(key); pending; pending = cache.pending.get(key)) {
      const kept = answerIn(await context.cancellation.guard(pending))
      // None: whoever asked has failed or given up. Somebody else may have begun by now.
      if (kept) return hit(kept, take, context)
    }
    const making = new Making(cache, key, context)
    try {
      const kept = await making.find()
      return kept ? hit(kept, take, context) : await keptCall(next, making)(options, take, context)
    } finally {
      making.end(undefined)
    }
  }
}

/** Hands an answer on, and keeps it once it has come to its end. */
function keptCall(next: ModelCall, making: Making): ModelCall {
  return async (options, take, context) => {
    const parts: LanguageModelV4StreamPart[] = []
    let model = ''
    const noting: TakePart = (part, modelId) => {
      model = modelId
      parts.push(part)
      take(part, modelId)
    }
    const notes = await next(options, noting, context)
    // An answer that did not pass its filter is only the best of this time.
    if (notes?.passFilter !== false) await making.keep({ model, parts })
    return notes
  }
}

async function keyOf(
  { abortSignal: _signal, headers: _headers, providerOptions = {}, ...options }: LanguageModelV4CallOptions,
  question: { readonly models: unknown; readonly seed: ModelCache['seed'] },
): Promise<string> {
  // Who asks is for middleware to know; it does not change the answer.
  const { conversable: _conversable, ...forProviders } = providerOptions
  return sha256(canonicalJson({ ...question, options: { ...options, providerOptions: forProviders } }))
}

function hit({ model, parts }: KeptAnswer, take: TakePart, context: CallContext): AnswerNotes {
  context.emit({ type: 'cache-hit', model })
  for (const part of parts) take(part, model)
  return { cached: true }
}

function answerIn(text: string | undefined): KeptAnswer | undefined {
  return text === undefined ? undefined : answerOfText(text)
}

/** An answer that is being looked up or given; whoever asks the same now waits for its end. */
class Making {
  readonly #cache: ModelCache
  readonly #key: string
  readonly #context: CallContext
  readonly #ended = Promise.withResolvers<string | undefined>()

  constructor(cache: ModelCache, key: string, context: CallContext) {
    this.#cache = cache
    this.#key = key
    this.#context = context
    cache.pending.set(key, this.#ended.promise)
  }

  /** What was kept earlier. */
  async find(): Promise<KeptAnswer | undefined> {
    try {
      const text = await this.#context.cancellation.guard(Promise.resolve(this.#cache.get(this.#key)))
      const kept = answerIn(text)
      if (kept) this.end(text)
      else if (text !== undefined) this.#complain('An entry cannot be read. The model is asked again.')
      return kept
    } catch (error) {
      this.#context.cancellation.signal.throwIfAborted()
      this.#complain(`Reading failed: ${String(error)}`)
      return undefined
    }
  }

  async keep(answer: KeptAnswer): Promise<void> {
    try {
      const text = textOfAnswer(answer)
      await this.#cache.set(this.#key, text)
      this.end(text)
    } catch (error) {
      this.#complain(`Writing failed: ${String(error)}`)
    }
  }

  /** Lets those who wait have the answer, or find one for themselves. */
  end(text: string | undefined): void {
    const { pending } = this.#cache
    if (pending.get(this.#key) === this.#ended.promise) pending.delete(this.#key)
    this.#ended.resolve(text)
  }

  #complain(problem: string): void {
    this.#context.emit({ type: 'cache-failure', problem })
  }
}
