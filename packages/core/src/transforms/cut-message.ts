import type { ContentPart, Message } from '../message.ts'
import { tokensOfFile } from '../model/window/request-size.ts'
import { headWithin } from '../model/window/shorten.ts'
import type { TokenMemo } from '../model/window/token-memo.ts'

/** The texts of a message that may be cut: its words, and the answers of tools. */
export function textsIn(message: Message | undefined): string[] {
  const { content = [], toolResults = [] } = message ?? {}
  const words =
    typeof content === 'string' ? [content] : content.flatMap((part) => (part.type === 'text' ? part.text : []))
  return [...words, ...toolResults.map((result) => result.content)]
}

/** How many tokens the texts and files of a message take. */
export function tokensIn({ content, toolCalls = [], toolResults = [] }: Message, memo: TokenMemo): number {
  let tokens = typeof content === 'string' ? memo.count(content) : 0
  if (typeof content !== 'string') for (const part of content) tokens += tokensOfPart(part, memo)
  for (const call of toolCalls) tokens += memo.count(call.name) + memo.count(call.arguments)
  for (const result of toolResults) tokens += memo.count(result.content)
  return tokens
}

/**
 * A message with its texts and the answers of tools cut at their ends; the message itself if nothing is cut. Files,
 * reasoning and calls stay as they are.
 *
 * @param limits.each - What each text may take.
 * @param limits.inAll - What the whole message may take; the first texts have the first claim.
 */
export function cutMessage(
  message: Message,
  { each = Infinity, inAll = Infinity }: { readonly each?: number; readonly inAll?: number },
  memo: TokenMemo,
): Message {
  let room = inAll
  if (room < Infinity) room -= tokensIn(message, memo) - tokensOfTexts(message, memo)
  const cut = (text: string): string => {
    const limit = Math.min(each, Math.max(0, room))
    const head =
      limit === Infinity || memo.count(text) <= limit ? text : text.slice(0, headWithin(text, limit, memo.counter))
    room -= memo.count(head)
    return head
  }
  const content = typeof message.content === 'string' ? cut(message.content) : withTexts(message.content, cut)
  const toolResults = message.toolResults?.map((result) => {
    const text = cut(result.content)
    return text === result.content ? result : { ...result, content: text }
  })
  const same =
    content === message.content && toolResults?.every((one, at) => one === message.toolResults?.[at]) !== false
  return same ? message : { ...message, content, ...(toolResults && { toolResults }) }
}

function withTexts(parts: readonly ContentPart[], change: (text: string) => string): readonly ContentPart[] {
  const changed = parts.map((part) => {
    if (part.type !== 'text') return part
    const text = change(part.text)
    return text === part.text ? part : { ...part, text }
  })
  return changed.every((part, index) => part === parts[index]) ? parts : changed
}

function tokensOfTexts(message: Message, memo: TokenMemo): number {
  return textsIn(message).reduce((tokens, text) => tokens + memo.count(text), 0)
}

function tokensOfPart(part: ContentPart, memo: TokenMemo): number {
  if (part.type === 'text' || part.type === 'reasoning') return memo.count(part.text)
  return tokensOfFile(part.mediaType ?? 'image/*', memo)
}
