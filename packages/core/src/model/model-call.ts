import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { ModelAnswer } from '../ports/model.ts'
import type { CallContext } from './call-context.ts'

/** Takes the parts of an answer, one after the other, while they come; `modelId` is the `provider/model` that answers. */
export type TakePart = (part: LanguageModelV4StreamPart, modelId: string) => void

/** Where an answer came from, and what was paid for before it. */
export type AnswerNotes = Pick<ModelAnswer, 'cached' | 'passFilter' | 'rejected'>

/**
 * Asks a model and hands over the parts of its answer; resolves behind the one that finishes it.
 *
 * Rejects when there is no whole answer: parts of the type `error` are never handed over. What rejects before it has
 * handed over anything has shown nobody anything, so that another try does no harm.
 */
export type ModelCall = (
  options: LanguageModelV4CallOptions,
  take: TakePart,
  context: CallContext,
) => Promise<AnswerNotes | undefined>
