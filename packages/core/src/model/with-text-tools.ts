import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { legalCall } from './legal-call.ts'
import type { PartReader } from './model-call.ts'
import { textToolsCall } from './text-tools.ts'

/**
 * A model without tools as one with tools: it is told of them in words and writes its calls into its answer, where they
 * are found while it comes. For use outside of agents; inside, the option `toolCalls` of `llmConfig` does the same.
 *
 * Only `doStream` can be called.
 */
export function withTextTools(model: LanguageModelV4): LanguageModelV4 {
  const { provider, modelId, supportedUrls } = model
  const call = textToolsCall(legalCall(model), 'text')
  return {
    specificationVersion: 'v4',
    provider,
    modelId,
    supportedUrls,
    doGenerate: () => Promise.reject(new TypeError('Models are only streamed from: call doStream.')),
    doStream: async (options) => ({ stream: streamOf(await call(options)) }),
  }
}

function streamOf(parts: PartReader): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.read()
      if (!done) return controller.enqueue(value)
      parts.close()
      controller.close()
    },
    cancel: (reason) => parts.cancel(reason),
  })
}
