import type { LanguageModelV4CallOptions, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { bytesOf } from '../util/bytes-of.ts'

/** What a message, a part or a tool takes beside its text: marks of roles, ids, the frame of a call. */
const FRAME = 16

/** What a picture or another file takes at the most with the large providers, where it is not sent as text. */
const FILE = 8_192

/**
 * At most how many input tokens a request takes, without a tokenizer: every token stands for one byte of UTF-8 or
 * more, and frames are allowed for. English text takes about a quarter of it.
 */
export function tokenBound({ prompt, tools = [], responseFormat }: LanguageModelV4CallOptions): number {
  let bound = FRAME
  for (const message of prompt) bound += tokenBoundOfMessage(message)
  for (const tool of tools) bound += FRAME + bytesOf(JSON.stringify(tool))
  if (responseFormat?.type === 'json') bound += FRAME + bytesOf(JSON.stringify(responseFormat))
  return bound
}

/** As {@link tokenBound}, for one message. */
export function tokenBoundOfMessage({ content }: LanguageModelV4Prompt[number]): number {
  if (typeof content === 'string') return FRAME + bytesOf(content)
  let bound = FRAME
  for (const part of content) {
    bound += FRAME
    if (part.type === 'text' || part.type === 'reasoning') bound += bytesOf(part.text)
    else bound += part.type === 'file' ? FILE : bytesOf(JSON.stringify(part))
  }
  return bound
}
