import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { ModelError } from '../errors/model-error.ts'

/** What of an answer had come when it ended. */
export interface EndedAnswer {
  /** Whether the model had said nothing at all. */
  readonly isEmpty: boolean
  readonly partialText?: string
}

/**
 * Refuses an end that is none: provider packages report a stream that broke off, or was never one, as finished.
 *
 * @throws ModelError
 */
export function assertFinished(
  { finishReason, usage }: Extract<LanguageModelV4StreamPart, { type: 'finish' }>,
  modelId: string,
  answer: EndedAnswer,
): void {
  const { unified, raw } = finishReason
  if (unified === 'error') {
    const { partialText = '' } = answer
    throw new ModelError('ended its answer with an error.', { modelId, kind: 'server', retryable: true, partialText })
  }
  const isUnexplained = unified === 'other' && raw === undefined && usage.outputTokens.total === undefined
  if (unified === 'interrupted' || (answer.isEmpty && isUnexplained)) throw unfinished(modelId, answer)
}

/** An answer that ended before its time. */
export function unfinished(modelId: string, { isEmpty, partialText = '' }: EndedAnswer): ModelError {
  return isEmpty
    ? new ModelError('gave no answer: what came back held none, as the page of a proxy or of a login does.', {
        modelId,
        kind: 'protocol',
        retryable: true,
      })
    : new ModelError('ended its answer in the middle: the stream closed without a finish part.', {
        modelId,
        kind: 'network',
        retryable: true,
        partialText,
      })
}
