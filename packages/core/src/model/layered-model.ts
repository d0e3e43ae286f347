import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
} from '@ai-sdk/provider'
import type { ModelEvent } from '../event.ts'
import type { ModelSource } from '../ports/model.ts'
import { forwardAbort } from '../util/abortable.ts'
import { contextOutsideRuns } from './call-context.ts'
import { generatedFrom } from './generated.ts'
import type { AnswerNotes, ModelCall, TakePart } from './model-call.ts'
import { namedCall, type NamedCall } from './named-call.ts'

/** Sees what a layer does, where there is no run whose events would say it. */
export interface LayerWatcher {
  readonly onEvent?: (event: ModelEvent) => void
}

/**
 * A model that is asked through a layer: for use outside of agents, or inside of them as any other model.
 *
 * @param layer - Puts something around the model's call.
 */
export function layeredModel(
  model: ModelSource,
  { onEvent }: LayerWatcher,
  layer: (next: NamedCall) => ModelCall,
): LanguageModelV4 {
  const call = layer(namedCall(model))
  const ask = async (
    options: LanguageModelV4CallOptions,
    controller: AbortController,
    take: TakePart,
  ): Promise<AnswerNotes | undefined> => {
    const release = forwardAbort(options.abortSignal ? [options.abortSignal] : [], controller)
    const context = contextOutsideRuns(controller.signal, onEvent)
    try {
      return await call(options, take, context)
    } finally {
      context.cancellation.close()
      release()
    }
  }
  return {
    specificationVersion: 'v4',
    ...nameOf(model),
    doStream: (options) => streamFrom((controller, take) => ask(options, controller, take)),
    doGenerate: (options) => generatedFrom((take) => ask(options, new AbortController(), take)),
  }
}

/** The parts of an answer as a stream, once there is one of them. Whoever cancels the stream ends the call. */
function streamFrom(
  ask: (controller: AbortController, take: TakePart) => Promise<unknown>,
): Promise<LanguageModelV4StreamResult> {
  const ending = new AbortController()
  return new Promise((resolve, reject) => {
    let parts: ReadableStreamDefaultController<LanguageModelV4StreamPart> | undefined
    const stream = new ReadableStream<LanguageModelV4StreamPart>({
      start: (controller) => void (parts = controller),
      cancel: (reason) => ending.abort(reason),
    })
    let isAnswering = false
    const take: TakePart = (part) => {
      isAnswering = true
      parts?.enqueue(part)
      resolve({ stream })
    }
    void ask(ending, take)
      .catch((error: unknown) => {
        if (!isAnswering) reject(error)
        else if (!ending.signal.aborted) parts?.enqueue({ type: 'error', error })
      })
      .then(() => (ending.signal.aborted ? parts?.error(ending.signal.reason) : parts?.close()))
  })
}

function nameOf(model: ModelSource): Pick<LanguageModelV4, 'provider' | 'modelId' | 'supportedUrls'> {
  if (typeof model === 'string') {
    const slash = model.indexOf('/')
    return { provider: model.slice(0, slash), modelId: model.slice(slash + 1), supportedUrls: {} }
  }
  const { provider, modelId, supportedUrls } = model
  // A model that reads the names of speakers in a way of its own does so behind a layer, too.
  return { provider, modelId, supportedUrls, ...('speakerNames' in model && { speakerNames: model.speakerNames }) }
}
