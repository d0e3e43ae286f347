import type { LanguageModelV4, LanguageModelV4StreamPart, LanguageModelV4StreamResult } from '@ai-sdk/provider'
import type { ModelEvent } from '../event.ts'
import type { ModelSource } from '../ports/model.ts'
import type { RunCancellation } from '../run-cancellation.ts'
import { contextOutsideRuns } from './call-context.ts'
import { generatedFrom } from './generated.ts'
import type { ModelCall, TakePart } from './model-call.ts'
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
  return {
    specificationVersion: 'v4',
    ...nameOf(model),
    doStream(options) {
      const context = contextOutsideRuns(options.abortSignal, onEvent)
      return streamFrom((take) => call(options, take, context), context.cancellation)
    },
    async doGenerate(options) {
      const context = contextOutsideRuns(options.abortSignal, onEvent)
      try {
        return await generatedFrom((take) => call(options, take, context))
      } finally {
        context.cancellation.close()
      }
    },
  }
}

/** The parts of an answer as a stream, once there is one of them. Whoever cancels the stream ends the call. */
function streamFrom(
  ask: (take: TakePart) => Promise<unknown>,
  cancellation: RunCancellation,
): Promise<LanguageModelV4StreamResult> {
  const { signal } = cancellation
  return new Promise((resolve, reject) => {
    let parts: ReadableStreamDefaultController<LanguageModelV4StreamPart> | undefined
    const stream = new ReadableStream<LanguageModelV4StreamPart>({
      start: (controller) => void (parts = controller),
      cancel: (reason) => cancellation.cancel(reason),
    })
    let isAnswering = false
    const take: TakePart = (part) => {
      isAnswering = true
      parts?.enqueue(part)
      resolve({ stream })
    }
    const end = (): void => {
      cancellation.close()
      if (signal.aborted) parts?.error(signal.reason)
      else parts?.close()
    }
    ask(take).then(end, (error: unknown) => {
      if (!isAnswering) reject(error)
      else if (!signal.aborted) parts?.enqueue({ type: 'error', error })
      end()
    })
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
