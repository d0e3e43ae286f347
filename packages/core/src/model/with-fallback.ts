import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { callback } from '../callback.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { ModelError } from '../errors/model-error.ts'
import type { AnswerFilter, ModelAnswer, ModelSource } from '../ports/model.ts'
import type { CallContext } from './call-context.ts'
import { wholeAnswer, type WholeAnswer } from './whole-answer.ts'
import { layeredModel, type LayerWatcher } from './layered-model.ts'
import type { AnswerNotes, ModelCall, TakePart } from './model-call.ts'
import { mayFallBack, modelErrorFrom, retold } from './model-failure.ts'
import { namedCall, type NamedCall } from './named-call.ts'

/** How several models stand in for one another. */
export interface FallbackOptions extends LayerWatcher {
  /** Says whether an answer will do; if not, the next model is asked. Answers are then held back until they are whole. */
  readonly filter?: AnswerFilter
}

/**
 * A model that asks the first of a list, and the next one when it fails before it has said anything.
 *
 * The next one is not asked when the request itself was refused (400, 413, 422, …) or stopped by a content filter,
 * which others would do as well, nor when the caller cancels. With a `filter`, an answer that will not do goes on to
 * the next model, too; the answer of the last one is given in every case.
 *
 * @throws ModelError of the last model that was asked; its message and `attempts` have those before it.
 */
export function withFallback(models: readonly ModelSource[], options: FallbackOptions = {}): LanguageModelV4 {
  const [first] = models
  if (first === undefined) {
    throw new ConfigurationError('invalid-option', 'withFallback was given no models. Give it one or more.')
  }
  const { filter } = options
  const alternatives = models.map((model) => ({ ...namedCall(model), ...(filter && { filter }) }))
  return layeredModel(first, options, () => fallbackCall(alternatives))
}

/** One of the models that stand in for one another. */
export interface Alternative extends NamedCall {
  readonly filter?: AnswerFilter
}

/** Asks one model after the other until one has answered. */
export function fallbackCall(alternatives: readonly Alternative[]): ModelCall {
  const isJudged = alternatives.some(({ filter }) => filter !== undefined)
  return async (request, take, context) => {
    const attempts: ModelError[] = []
    const rejected: Pick<ModelAnswer, 'model' | 'usage'>[] = []
    for (let index = 0; ; index++) {
      // In range: at the last one the loop is left.
      const alternative = alternatives[index] as Alternative
      const next = alternatives[index + 1]
      const asked = { request, take, context, isJudged }
      const outcome = await outcomeOf(alternative, asked)
      if (outcome instanceof ModelError) {
        if (!next || !mayFallBack(outcome)) throw together(attempts, outcome)
        attempts.push(outcome)
        context.emit({ type: 'model-fallback', model: outcome.modelId, next: next.modelId, problem: outcome.message })
        continue
      }
      if (!outcome || !('answer' in outcome)) return outcome
      const { answer, parts } = outcome
      context.attempts?.answered(answer)
      const passFilter = await passes(answer, alternative, asked)
      context.emit({ type: 'answer-filter', model: answer.model, passFilter })
      if (passFilter || !next) {
        for (const part of parts) take(part, answer.model)
        return notesOn(rejected, passFilter)
      }
      rejected.push({ model: answer.model, usage: answer.usage })
    }
  }
}

interface AskedOfAll {
  readonly request: LanguageModelV4CallOptions
  readonly take: TakePart
  readonly context: CallContext
  /** Whether answers are held back until they are whole. */
  readonly isJudged: boolean
}

/** What came of asking one of them: its answer, handed over already or whole; or why nothing was handed over. */
async function outcomeOf(
  { call, modelId }: Alternative,
  { request, take, context, isJudged }: AskedOfAll,
): Promise<AnswerNotes | undefined | WholeAnswer | ModelError> {
  let isAnswering = false
  const noting: TakePart = (part, from) => {
    isAnswering = true
    take(part, from)
  }
  try {
    if (isJudged) return await wholeAnswer(modelId, (handOver) => call(request, handOver, context), context.attempts)
    return await call(request, noting, context)
  } catch (error) {
    if (isAnswering) throw error
    // The caller's own reason goes through as it is.
    context.cancellation.signal.throwIfAborted()
    const failure = modelErrorFrom(error, modelId)
    context.attempts?.failed(failure)
    if (failure instanceof ModelError) return failure
    throw failure
  }
}

async function passes(
  response: ModelAnswer,
  { filter }: Alternative,
  { request, context }: AskedOfAll,
): Promise<boolean> {
  if (!filter) return true
  const { prompt, providerOptions } = request
  const { agent, purpose } = providerOptions?.['conversable'] ?? {}
  if (typeof agent !== 'string' || typeof purpose !== 'string') return filter({ response, context: { prompt } })
  const about = { agent, what: 'the filter of its llmConfig', signal: context.cancellation.signal }
  return callback(about, () => filter({ response, context: { agent, purpose, prompt } }))
}

function notesOn(rejected: Required<AnswerNotes>['rejected'], passFilter: boolean): AnswerNotes {
  return { ...(rejected.length > 0 && { rejected }), ...(!passFilter && { passFilter: false }) }
}

/** The failure of the model that was asked last, with those before it. */
function together(earlier: readonly ModelError[], last: ModelError): ModelError {
  if (earlier.length === 0) return last
  const before = earlier.map(({ message }) => message).join('; ')
  return retold(last, { problem: `${last.problem} (before that: ${before})`, attempts: [...earlier, last] })
}
