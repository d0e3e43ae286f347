import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { ModelEvent } from '../event.ts'
import type { ModelSource } from '../ports/model.ts'
import { contextOutsideRuns, type CallContext } from './call-context.ts'
import { generatedFrom } from './generated.ts'
import type { ModelCall, PartReader } from './model-call.ts'
import { namedCall, type NamedCall } from './named-call.ts'

/** Sees what a layer does, where there is no run whose events would say it. */
export interface LayerWatcher {
  readonly onEvent?: (event: ModelEvent) => void
}

/**
 * A model that is asked through a layer: for use outside of agents, or inside of them as any other model.
 *
 * @param layer - What is put around the model's call; made anew for each request.
 */
export function layeredModel(
  model: ModelSource,
  { onEvent }: LayerWatcher,
  layer: (next: NamedCall, context: CallContext) => ModelCall,
): LanguageModelV4 {
  const next = namedCall(model)
  return {
    specificationVersion: 'v4',
    ...nameOf(model),
    async doStream(options) {
      const context = contextOutsideRuns(options.abortSignal, onEvent)
      const end = (): void => context.cancellation.close()
      try {
        return { stream: streamOf(await layer(next, context)(options), end) }
      } catch (error) {
        end()
        throw error
      }
    },
    async doGenerate(options) {
      const context = contextOutsideRuns(options.abortSignal, onEvent)
      try {
        return await generatedFrom(await layer(next, context)(options))
      } finally {
        context.cancellation.close()
      }
    },
  }
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

/** The parts as a stream, read when they are asked for and not before. */
function streamOf(parts: PartReader, end: () => void): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream(
    {
      start(controller) {
        for (const part of parts.held ?? []) controller.enqueue(part)
      },
      async pull(controller) {
        try {
          const { done, value } = await parts.read()
          if (!done) return controller.enqueue(value)
          parts.close()
        } catch (error) {
          parts.cancel(error)
          controller.error(parts.cutOff ? parts.cutOff.reason : error)
          return end()
        }
        if (parts.cutOff) controller.error(parts.cutOff.reason)
        else controller.close()
        end()
      },
      cancel(reason) {
        parts.cancel(reason)
        end()
      },
    },
    { highWaterMark: 0 },
  )
}
