import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { ModelAnswer } from '../ports/model.ts'

/** Where an answer came from, and what was paid for before it. */
export type AnswerNotes = Pick<ModelAnswer, 'cached' | 'passFilter' | 'rejected'>

/** What a reader gives: a part, or that there are no more. (Its own name is not known to the types of Node.) */
export type PartRead = Awaited<ReturnType<ReadableStreamDefaultReader<LanguageModelV4StreamPart>['read']>>

/** The parts of one answer, one at a time. Cheaper than a stream: what stands in between need not make another one. */
export interface PartReader {
  /** `provider/model` of the model that answers. */
  readonly modelId: string
  /** Why the parts ended before their time; absent while nobody but the model or the reader has ended them. */
  readonly cutOff?: { readonly reason: unknown } | undefined
  /** What is to be known of the answer beside its parts. */
  readonly notes?: AnswerNotes | undefined
  /** Parts that were read already, by whom it was handed on: they come first, and `read` gives those after them. */
  held?: readonly LanguageModelV4StreamPart[] | undefined
  /** The next part. Rejects when the answer fails; `done` also when it was cut off. */
  read(): Promise<PartRead>
  /** Called once all parts were read. */
  close(): void
  /** Called when nobody reads on before that. */
  cancel(reason: unknown): void
}

/** Asks a model, and gives the parts of its answer. */
export type ModelCall = (options: LanguageModelV4CallOptions) => Promise<PartReader>

/** Who is told when a provider begins to answer, and when that comes to nothing, which may be said more than once. */
export interface AttemptObserver {
  begun(): void
  failed(error: unknown): void
}

/**
 * A model as a call.
 *
 * @param attempt - Called at the beginning of every call; gives who watches it.
 */
export function callOf(
  model: LanguageModelV4,
  modelId = `${model.provider}/${model.modelId}`,
  attempt?: () => AttemptObserver,
): ModelCall {
  return (options) => {
    const observer = attempt?.()
    return Promise.resolve(model.doStream(options)).then(
      ({ stream }) => {
        observer?.begun()
        return new StreamReader(modelId, stream, observer)
      },
      (error: unknown) => {
        observer?.failed(error)
        throw error
      },
    )
  }
}

class StreamReader implements PartReader {
  readonly modelId: string
  readonly #reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart>
  readonly #observer: AttemptObserver | undefined

  constructor(modelId: string, stream: ReadableStream<LanguageModelV4StreamPart>, observer?: AttemptObserver) {
    this.modelId = modelId
    this.#observer = observer
    this.#reader = stream.getReader()
  }

  read(): Promise<PartRead> {
    return this.#reader.read()
  }

  close(): void {}

  cancel(reason: unknown): void {
    this.#observer?.failed(reason)
    // A stream that has failed has nothing more to say.
    this.#reader.cancel(reason).catch(() => {})
  }
}

/**
 * Hands over the parts of an answer, one after the other.
 *
 * Rejects when the answer fails or `take` throws, and with the reason if the parts were cut off.
 */
export async function readParts(parts: PartReader, take: (part: LanguageModelV4StreamPart) => void): Promise<void> {
  try {
    for (const part of parts.held ?? []) take(part)
    for (;;) {
      const { done, value } = await parts.read()
      if (done) break
      take(value)
    }
    parts.close()
    if (parts.cutOff) throw parts.cutOff.reason
  } catch (error) {
    parts.cancel(error)
    throw parts.cutOff ? parts.cutOff.reason : error
  }
}
