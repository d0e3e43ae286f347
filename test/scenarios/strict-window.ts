import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { ScriptedModel, type ScriptedAnswer } from 'conversable/testing'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'

const ASIDE = { disallowedSpecial: new Set<string>() }

/** A model with a window: it refuses larger requests as providers do, with status 400. */
export interface StrictModel {
  readonly model: ScriptedModel
  /** The sizes of the requests that it refused. */
  readonly refused: number[]
  /** The size of the largest request that it took. */
  readonly largest: () => number
}

/** A scripted model that counts its requests with the tokenizer of its name, and refuses those that are too large. */
export function strictModel(
  window: number,
  answer: (request: LanguageModelV4CallOptions, index: number) => ScriptedAnswer,
): StrictModel {
  const refused: number[] = []
  const known = new Map<string, number>()
  const count = (text: string): number => {
    const tokens = known.get(text) ?? countTokens(text, ASIDE)
    known.set(text, tokens)
    return tokens
  }
  let largest = 0
  const model = new ScriptedModel(
    (request, index) => {
      const tokens = tokensOf(request, count)
      if (tokens > window) {
        refused.push(tokens)
        return { error: `context_length_exceeded: ${tokens} tokens`, status: 400 }
      }
      largest = Math.max(largest, tokens)
      return answer(request, index)
    },
    { modelId: 'gpt-4o' },
  )
  return { model, refused, largest: () => largest }
}

/** The rule of OpenAI's cookbook: three tokens a message and three for the answer, beside all texts. */
function tokensOf(
  { prompt, tools = [], responseFormat }: LanguageModelV4CallOptions,
  count: (text: string) => number,
): number {
  let tokens = 3
  for (const { content } of prompt) {
    tokens += 3
    if (typeof content === 'string') tokens += count(content)
    else for (const part of content) tokens += count('text' in part ? part.text : JSON.stringify(part))
  }
  for (const tool of tools) tokens += count(JSON.stringify(tool))
  return tokens + (responseFormat ? count(JSON.stringify(responseFormat)) : 0)
}
