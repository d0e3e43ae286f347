import type { LanguageModelV4 } from '@ai-sdk/provider'
import { ModelError } from '../errors/model-error.ts'
import type { ModelSource, RetryOptions } from '../ports/model.ts'
import { pause } from './call-context.ts'
import { layeredModel, type LayerWatcher } from './layered-model.ts'
import type { AnswerNotes, ModelCall, TakePart } from './model-call.ts'
import { modelErrorFrom } from './model-failure.ts'
import type { NamedCall } from './named-call.ts'

/**
 * A model whose calls are made again when they fail before they have said anything, and may succeed later: status 408,
 * 409, 429 and 5xx, broken connections, silence, errors in the stream, pages in place of an answer.
 *
 * It waits twice as long each time, less by chance, and at least as long as the provider asks for (`Retry-After`). What
 * fails in mid-answer is not asked again, for its words were seen already.
 *
 * @throws ModelError of the last try, in place of an answer.
 */
export function withRetry(model: ModelSource, options: RetryOptions & LayerWatcher = {}): LanguageModelV4 {
  return layeredModel(model, options, (next) => retriedCall(next, options))
}

/** Makes a call again that failed before it said anything, if that may help. */
export function retriedCall({ modelId, call }: NamedCall, options: RetryOptions): ModelCall {
  const { maxRetries = 2 } = options
  return (request, take, context) => {
    let isAnswering = false
    const noting: TakePart = (part, from) => {
      isAnswering = true
      take(part, from)
    }
    const attempt = (count: number): Promise<AnswerNotes | undefined> =>
      call(request, noting, context).catch(async (error: unknown) => {
        if (isAnswering) throw error
        // The caller's own reason goes through as it is.
        context.cancellation.signal.throwIfAborted()
        const failure = modelErrorFrom(error, modelId)
        if (count > maxRetries || !isWorthAnotherTry(failure, options)) throw failure
        const waitMs = waitAfter(failure, { ...options, attempt: count, chance: context.runtime.random() })
        context.emit({ type: 'model-retry', model: modelId, attempt: count, waitMs, problem: failure.message })
        await pause(waitMs, context.cancellation)
        return attempt(count + 1)
      })
    return attempt(1)
  }
}

/** A provider that wants to be left alone for very long is: asking it earlier would fail again. */
function isWorthAnotherTry(failure: Error, { maxDelayMs = MAX_DELAY_MS }: RetryOptions): failure is ModelError {
  return failure instanceof ModelError && failure.retryable && (failure.retryAfterMs ?? 0) <= maxDelayMs
}

const MAX_DELAY_MS = 60_000

/** In milliseconds. A share is left to chance, or all who failed together would come back together. */
function waitAfter(
  { retryAfterMs = 0 }: ModelError,
  {
    initialDelayMs = 1_000,
    maxDelayMs = MAX_DELAY_MS,
    attempt,
    chance,
  }: RetryOptions & { readonly attempt: number; readonly chance: number },
): number {
  const delayMs = Math.min(initialDelayMs * 2 ** (attempt - 1), maxDelayMs)
  return Math.round(Math.max(retryAfterMs, delayMs * (1 - chance / 2)))
}
