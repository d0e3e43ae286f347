import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { ModelAnswer } from '../ports/model.ts'
import type { ModelPrice } from '../ports/prices.ts'
import { AnswerReader } from './answer-reader.ts'
import { readParts, type AnswerNotes, type PartRead, type PartReader } from './model-call.ts'
import { modelErrorFrom } from './model-failure.ts'

/** An answer whose parts are all there. */
export class HeldAnswer implements PartReader {
  readonly modelId: string
  readonly held: readonly LanguageModelV4StreamPart[]
  readonly notes: AnswerNotes

  constructor(modelId: string, held: readonly LanguageModelV4StreamPart[], notes: AnswerNotes = {}) {
    this.modelId = modelId
    this.held = held
    this.notes = notes
  }

  read(): Promise<PartRead> {
    return Promise.resolve({ done: true, value: undefined })
  }

  close(): void {}

  cancel(): void {}
}

/** An answer, and the parts that it was made of. */
export interface WholeAnswer {
  readonly answer: ModelAnswer
  readonly parts: readonly LanguageModelV4StreamPart[]
}

/**
 * Reads an answer to its end.
 *
 * @param price - What the model costs, if that is known.
 * @throws ModelError with what had come by then.
 */
export async function wholeAnswer(reader: PartReader, price?: ModelPrice): Promise<WholeAnswer> {
  const parts: LanguageModelV4StreamPart[] = []
  const answer = new AnswerReader(reader.modelId, undefined)
  try {
    await readParts(reader, (part) => {
      parts.push(part)
      answer.take(part)
    })
    return { answer: answer.answer(price), parts }
  } catch (error) {
    throw modelErrorFrom(error, reader.modelId, answer.partialText)
  }
}
