import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { base64Of } from '../util/canonical-json.ts'
import { parseJson } from '../util/parse-json.ts'

/** An answer as a cache keeps it. */
export interface KeptAnswer {
  /** `provider/model` that gave it. */
  readonly model: string
  /** From the first part to the one that finishes it. */
  readonly parts: readonly LanguageModelV4StreamPart[]
}

/** Changes with what stands in a text, so that older ones are not read wrongly. */
const VERSION = 1

/** An answer as a text. What was sent is not in it, nor headers, nor parts as the provider wrote them. */
export function textOfAnswer({ model, parts }: KeptAnswer): string {
  const kept = parts.filter(({ type }) => type !== 'raw' && type !== 'ping').map(withoutTime)
  return JSON.stringify({ version: VERSION, model, parts: kept }, (_key, value: unknown) =>
    value instanceof Uint8Array ? base64Of(value) : value,
  )
}

/** The answer that a text says; none if it was cut, changed, or is of another version. */
export function answerOfText(text: string): KeptAnswer | undefined {
  const kept = parseJson(text)
  if (!isRecord(kept) || kept['version'] !== VERSION) return undefined
  const { model, parts } = kept
  if (typeof model !== 'string' || !Array.isArray(parts) || !parts.every(isPart)) return undefined
  return parts.at(-1)?.type === 'finish' ? { model, parts } : undefined
}

function withoutTime(part: LanguageModelV4StreamPart): LanguageModelV4StreamPart {
  if (part.type !== 'response-metadata') return part
  const { timestamp: _timestamp, ...rest } = part
  return rest
}

/** Looks at what is read of a part. What only travels with it, such as metadata, is left as it is. */
function isPart(part: unknown): part is LanguageModelV4StreamPart {
  if (!isRecord(part) || typeof part['type'] !== 'string') return false
  const areTexts = (...names: readonly string[]): boolean => names.every((name) => typeof part[name] === 'string')
  switch (part['type']) {
    case 'text-start':
    case 'text-end':
    case 'reasoning-start':
    case 'reasoning-end':
    case 'tool-input-end':
      return areTexts('id')
    case 'text-delta':
    case 'reasoning-delta':
    case 'tool-input-delta':
      return areTexts('id', 'delta')
    case 'tool-input-start':
      return areTexts('id', 'toolName')
    case 'tool-call':
      return areTexts('toolCallId', 'toolName', 'input')
    case 'finish':
      return isUsage(part['usage']) && isRecord(part['finishReason'])
    case 'stream-start':
      return Array.isArray(part['warnings'])
    case 'response-metadata':
    case 'tool-result':
    case 'tool-approval-request':
    case 'source':
    case 'file':
    case 'reasoning-file':
    case 'custom':
      return true
    default:
      return false
  }
}

function isUsage(usage: unknown): boolean {
  if (!isRecord(usage)) return false
  return [usage['inputTokens'], usage['outputTokens']].every(
    (counts) => isRecord(counts) && Object.values(counts).every((count) => typeof count === 'number'),
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
