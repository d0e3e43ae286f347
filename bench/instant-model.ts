import type {
  LanguageModelV4,
  LanguageModelV4Content,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolCall,
} from '@ai-sdk/provider'

/** What the models are told. */
export const SYSTEM_MESSAGE = 'You are a helpful assistant.'

const SENTENCE = ' the quick brown fox jumps over the lazy dog, and then does so once more.'

/** What a chat opens with. */
export const OPENING = `Today${SENTENCE.repeat(5)}`

/** What the models say, by turns: several texts of 400 letters, or the chat would look as if it went round in circles. */
const TEXTS: readonly string[] = Object.freeze(
  ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'].map(
    (day) => `On ${day}${SENTENCE.repeat(5)}`,
  ),
)

const USAGE = {
  inputTokens: { total: 20, noCache: 20, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 20, text: 20, reasoning: 0 },
} as const
const STOPPED = { unified: 'stop', raw: undefined } as const
const CALLED = { unified: 'tool-calls', raw: undefined } as const

/**
 * A model that answers at once: as a stream, which is what `conversable` asks for, or as a whole, which is what
 * `generateText` of `ai` asks for.
 *
 * @param callFor - The call that is suggested in place of a text, given the length of the prompt.
 */
export function instantModel(callFor?: (promptLength: number) => LanguageModelV4ToolCall | undefined): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'bench',
    modelId: 'instant',
    supportedUrls: {},
    async doStream({ prompt }) {
      const call = callFor?.(prompt.length)
      return { stream: streamOf(call ? partsOfCall(call) : partsOfText(textFor(prompt.length))) }
    },
    async doGenerate({ prompt }) {
      const call = callFor?.(prompt.length)
      const content: LanguageModelV4Content[] = [call ?? { type: 'text', text: textFor(prompt.length) }]
      return { content, finishReason: call ? CALLED : STOPPED, usage: USAGE, warnings: [] }
    },
  }
}

/** Makes the stream of one answer and reads it: what every streamed answer costs, whoever asks. */
export async function readOneStream(): Promise<void> {
  const reader = streamOf(partsOfText(OPENING)).getReader()
  for (;;) {
    const { done } = await reader.read()
    if (done) return
  }
}

function textFor(promptLength: number): string {
  return TEXTS[promptLength % TEXTS.length] ?? ''
}

/** The five parts that a provider sends at the least. */
function partsOfText(text: string): LanguageModelV4StreamPart[] {
  return [
    { type: 'stream-start', warnings: [] },
    { type: 'text-start', id: 'text' },
    { type: 'text-delta', id: 'text', delta: text },
    { type: 'text-end', id: 'text' },
    { type: 'finish', finishReason: STOPPED, usage: USAGE },
  ]
}

function partsOfCall(call: LanguageModelV4ToolCall): LanguageModelV4StreamPart[] {
  return [{ type: 'stream-start', warnings: [] }, call, { type: 'finish', finishReason: CALLED, usage: USAGE }]
}

function streamOf(parts: readonly LanguageModelV4StreamPart[]): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
}
