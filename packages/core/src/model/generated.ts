import type { LanguageModelV4Content, LanguageModelV4GenerateResult, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { unfinished } from './answer-end.ts'
import type { TakePart } from './model-call.ts'

type Words = Extract<LanguageModelV4Content, { type: 'text' | 'reasoning' }>
type WordsPart = Extract<LanguageModelV4StreamPart, { type: `${Words['type']}-${'start' | 'delta' | 'end'}` }>

/**
 * A streamed answer as a whole, as `doGenerate` of the specification gives it.
 *
 * @param ask - Makes the call.
 */
export async function generatedFrom(ask: (take: TakePart) => Promise<unknown>): Promise<LanguageModelV4GenerateResult> {
  const content: LanguageModelV4Content[] = []
  const open = new Map<string, Words>()
  let result: Partial<LanguageModelV4GenerateResult> = { warnings: [] }
  let model = ''
  await ask((part, modelId) => {
    model = modelId
    switch (part.type) {
      case 'text-start':
      case 'text-delta':
      case 'text-end':
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end':
        return addWords(part, content, open)
      case 'stream-start':
        result = { ...result, warnings: part.warnings }
        return undefined
      case 'response-metadata': {
        const { type: _type, ...response } = part
        result = { ...result, response }
        return undefined
      }
      case 'finish': {
        const { type: _type, ...end } = part
        result = { ...result, ...end }
        return undefined
      }
      case 'error':
        throw part.error
      case 'tool-input-start':
      case 'tool-input-delta':
      case 'tool-input-end':
      case 'ping':
      case 'raw':
        return undefined
      default:
        content.push(part)
        return undefined
    }
  })
  const { usage, finishReason, warnings = [] } = result
  if (!usage || !finishReason) throw unfinished(model, { isEmpty: content.length === 0 })
  return { ...result, content, usage, finishReason, warnings }
}

function addWords(part: WordsPart, content: LanguageModelV4Content[], open: Map<string, Words>): void {
  const type = part.type.startsWith('text') ? 'text' : 'reasoning'
  const key = `${type} ${part.id}`
  const begun = part.type.endsWith('-start') ? undefined : open.get(key)
  const words: Words = begun ?? { type, text: '' }
  if (!begun) {
    open.set(key, words)
    content.push(words)
  }
  if ('delta' in part) words.text += part.delta
  if (part.providerMetadata) words.providerMetadata = part.providerMetadata
}
