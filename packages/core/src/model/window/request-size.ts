import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import type { ToolSpec } from '../../ports/tool.ts'
import type { TokenMemo } from './token-memo.ts'

/** One message of a prompt. */
export type PromptMessage = LanguageModelV4Prompt[number]

/** What a message takes beside its texts, its role and speaker included, with the families that tell. */
export const MESSAGE_FRAME = 8
/** What a call, a result, a tool and the request itself take beside their texts. */
const FRAME = 8
const PICTURE = 2_600
const FILE = 8_192

/** How many tokens a message takes; a text that takes more than `stopAt` is not counted to its end. */
export function tokensOfMessage({ content }: PromptMessage, memo: TokenMemo, stopAt?: number): number {
  if (typeof content === 'string') return MESSAGE_FRAME + memo.count(content, stopAt)
  let tokens = MESSAGE_FRAME
  for (const part of content) {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        tokens += memo.count(part.text, stopAt)
        break
      case 'file':
        tokens += tokensOfFile(part.mediaType, memo)
        break
      case 'tool-result':
        tokens += FRAME + memo.count(part.toolName) + memo.count(outputText(part.output), stopAt)
        break
      case 'tool-call':
        tokens += FRAME + memo.count(part.toolName) + memo.count(jsonOf(part.input), stopAt)
        break
      default:
        tokens += FRAME + memo.count(jsonOf(part), stopAt)
    }
  }
  return tokens
}

/** What a request takes beside its messages. */
export function tokensOfFrame(
  { tools = [], schema }: { readonly tools?: readonly ToolSpec[]; readonly schema?: object },
  memo: TokenMemo,
): number {
  let tokens = FRAME
  for (const { name, description, parameters } of tools)
    tokens += FRAME + memo.count(name) + memo.count(description) + memo.count(jsonOf(parameters))
  return schema ? tokens + FRAME + memo.count(jsonOf(schema)) : tokens
}

/** What a picture or another file takes. */
export function tokensOfFile(mediaType: string, { counter }: TokenMemo): number {
  return counter.countFile?.(mediaType) ?? (mediaType.startsWith('image/') ? PICTURE : FILE)
}

function outputText(output: { readonly type: string; readonly value?: unknown }): string {
  return typeof output.value === 'string' ? output.value : jsonOf(output.value ?? '')
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value) ?? ''
}
