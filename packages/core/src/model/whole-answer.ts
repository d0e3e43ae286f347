import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { ModelAnswer } from '../ports/model.ts'
import type { ModelPrice } from '../ports/prices.ts'
import { AnswerReader } from './answer-reader.ts'
import type { TakePart } from './model-call.ts'
import { modelErrorFrom } from './model-failure.ts'

/** An answer, and the parts that it was made of. */
export interface WholeAnswer {
  readonly answer: ModelAnswer
  readonly parts: readonly LanguageModelV4StreamPart[]
}

/**
 * Reads an answer to its end.
 *
 * @param modelId - `provider/model`, as it is known before the model says so itself.
 * @param ask - Makes the call.
 * @param attempts - Knows what the model costs that has answered, if that is known.
 * @throws ModelError with what had come by then.
 */
export async function wholeAnswer(
  modelId: string,
  ask: (take: TakePart) => Promise<unknown>,
  attempts?: { readonly price: ModelPrice | undefined },
): Promise<WholeAnswer> {
  const parts: LanguageModelV4StreamPart[] = []
  const reader = new AnswerReader(modelId)
  try {
    await ask((part, from) => {
      parts.push(part)
      reader.take(part, from)
    })
    return { answer: reader.answer(attempts?.price), parts }
  } catch (error) {
    throw modelErrorFrom(error, reader.modelId, reader.partialText)
  }
}
