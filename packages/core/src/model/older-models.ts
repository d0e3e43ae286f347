import type {
  LanguageModelV2,
  LanguageModelV2StreamPart,
  LanguageModelV2Usage,
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3StreamPart,
  LanguageModelV4,
  LanguageModelV4FilePart,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'

/**
 * A model of version 2 or 3 of the specification, as one of version 4. What changed for us: how files are written in
 * a prompt (4), and how usage and the reason for finishing are reported (3).
 */
export function fromOlderSpecification(model: LanguageModelV2 | LanguageModelV3): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    doGenerate: () => Promise.reject(new TypeError('Models are only streamed from: call doStream.')),
    async doStream(options) {
      // Options are equal in the versions but for the files, which are rewritten here.
      const older = { ...options, prompt: olderPrompt(options.prompt) } as unknown as LanguageModelV3CallOptions
      const { stream, ...rest } = await (model as LanguageModelV3).doStream(older)
      return { ...rest, stream: stream.pipeThrough(newerParts()) }
    },
  }
}

function olderPrompt(prompt: LanguageModelV4Prompt): unknown[] {
  return prompt.map((message) =>
    message.role === 'user' || message.role === 'assistant'
      ? { ...message, content: message.content.map((part) => (part.type === 'file' ? olderFile(part) : part)) }
      : message,
  )
}

function olderFile(part: LanguageModelV4FilePart): unknown {
  const { data } = part
  if (data.type === 'url') return { ...part, data: data.url }
  return data.type === 'data' ? { ...part, data: data.data } : part
}

function newerParts(): TransformStream<LanguageModelV3StreamPart, LanguageModelV4StreamPart> {
  return new TransformStream({
    transform(part: LanguageModelV2StreamPart | LanguageModelV3StreamPart, controller) {
      // Parts other than the last one are the same in all three versions, as far as they are read here.
      controller.enqueue(part.type === 'finish' ? newerFinish(part) : (part as LanguageModelV4StreamPart))
    },
  })
}

function newerFinish(
  part: Extract<LanguageModelV2StreamPart | LanguageModelV3StreamPart, { type: 'finish' }>,
): LanguageModelV4StreamPart {
  const { usage, finishReason } = part
  return {
    type: 'finish',
    usage:
      typeof usage.inputTokens === 'object'
        ? (usage as LanguageModelV4Usage)
        : newerUsage(usage as LanguageModelV2Usage),
    finishReason:
      typeof finishReason === 'object' ? finishReason : { unified: unified(finishReason), raw: finishReason },
  }
}

function unified(reason: string): 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other' {
  switch (reason) {
    case 'stop':
    case 'length':
    case 'content-filter':
    case 'tool-calls':
    case 'error':
      return reason
    default:
      return 'other'
  }
}

function newerUsage({
  inputTokens,
  outputTokens,
  cachedInputTokens,
  reasoningTokens,
}: LanguageModelV2Usage): LanguageModelV4Usage {
  return {
    inputTokens: { total: inputTokens, noCache: undefined, cacheRead: cachedInputTokens, cacheWrite: undefined },
    outputTokens: { total: outputTokens, text: undefined, reasoning: reasoningTokens },
  }
}
