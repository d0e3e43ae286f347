import type { ShortenedText } from '../../event.ts'
import type { TokenCounter } from '../../ports/token-counter.ts'
import { READ_SHORTENED } from '../../tools/read-shortened.ts'
import { idOfText } from '../../util/text-id.ts'
import type { PromptMessage } from './request-size.ts'
import type { TokenMemo } from './token-memo.ts'

/** The part of what is kept that is taken from the beginning. */
const HEAD = 0.6

/** Shortens texts that take more than a number of tokens, each once. */
export class Shortener {
  readonly #memo: TokenMemo
  readonly #maxTokens: number
  readonly #canRead: boolean
  readonly #known = new Map<string, { readonly text: string; readonly about?: ShortenedText }>()

  constructor(memo: TokenMemo, maxTokens: number, canRead: boolean) {
    this.#memo = memo
    this.#maxTokens = maxTokens
    this.#canRead = canRead
  }

  /**
   * A message with its long texts shortened; the message itself if there are none. System messages, reasoning and files
   * stay as they are.
   *
   * @param what - `results`: nothing but the answers of tools, and of these not what was read on, which would lead in a
   *   circle. `all`: words and arguments of calls, too.
   * @param about - Takes note of each text that was shortened.
   */
  message(message: PromptMessage, what: 'results' | 'all', about: ShortenedText[]): PromptMessage {
    const shorten = (text: string): string => this.#shorten(text, about)
    if (message.role === 'tool')
      return withParts(message, (part) =>
        what === 'results' && part.type === 'tool-result' && part.toolName === READ_SHORTENED
          ? part
          : shortResult(part, shorten),
      )
    if (what === 'results' || message.role === 'system') return message
    return withParts(message, (part) => shortWords(part, shorten))
  }

  #shorten(text: string, about: ShortenedText[]): string {
    if (this.#memo.count(text, this.#maxTokens) <= this.#maxTokens) return text
    const known = this.#known.get(text) ?? this.#cut(text)
    this.#known.set(text, known)
    if (known.about) about.push(known.about)
    return known.text
  }

  #cut(text: string): { readonly text: string; readonly about?: ShortenedText } {
    const { counter } = this.#memo
    const id = idOfText(text)
    const left = this.#maxTokens - counter.count(markOf(text, { id, from: text.length, to: 0 }, this.#canRead))
    const from = headWithin(text, left * HEAD, counter)
    const to = Math.max(from, tailWithin(text, left * (1 - HEAD), counter))
    const mark = markOf(text, { id, from, to }, this.#canRead)
    const short = text.slice(0, from) + mark + text.slice(to)
    return short.length < text.length ? { text: short, about: { id, leftOut: to - from } } : { text }
  }
}

/** How many characters a text may have at its beginning to take at most so many tokens; never half a character. */
export function headWithin(text: string, maxTokens: number, counter: TokenCounter): number {
  const length = longestWithin(text.length, maxTokens, (size) => counter.count(text.slice(0, size), maxTokens))
  return splitsCharacter(text, length) ? length - 1 : length
}

/** Where the longest end of a text begins that takes at most so many tokens. */
function tailWithin(text: string, maxTokens: number, counter: TokenCounter): number {
  const length = longestWithin(text.length, maxTokens, (size) => counter.count(text.slice(-size), maxTokens))
  const start = text.length - length
  return splitsCharacter(text, start) ? start + 1 : start
}

/** The largest size whose tokens are at most so many. */
function longestWithin(length: number, maxTokens: number, tokensAt: (size: number) => number): number {
  if (maxTokens < 1) return 0
  let within = 0
  let size = Math.min(length, Math.ceil(maxTokens) * 4)
  while (size > within && tokensAt(size) <= maxTokens) {
    within = size
    size = Math.min(length, size * 2)
  }
  let beyond = size
  while (beyond - within > 1) {
    const middle = (within + beyond) >> 1
    if (tokensAt(middle) <= maxTokens) within = middle
    else beyond = middle
  }
  return within
}

function splitsCharacter(text: string, at: number): boolean {
  return at > 0 && at < text.length && (text.charCodeAt(at) & 0xfc00) === 0xdc00
}

function markOf(
  text: string,
  { id, from, to }: { readonly id: string; readonly from: number; readonly to: number },
  canRead: boolean,
): string {
  const advice = canRead ? `; ${READ_SHORTENED} reads them, from offset ${from}` : ''
  return `\n[… ${Math.abs(to - from)} of ${text.length} characters left out here, id ${id}${advice} …]\n`
}

/** A message with other parts; the message itself if they are the same ones. */
function withParts<Part>(
  message: PromptMessage & { readonly content: readonly Part[] },
  change: (part: Part) => Part,
): PromptMessage {
  const content = message.content.map(change)
  // The parts are of the types that they were: `change` gives back what it was given, with other texts.
  return content.every((part, index) => part === message.content[index])
    ? message
    : ({ ...message, content } as PromptMessage)
}

type ToolPart = Extract<PromptMessage, { role: 'tool' }>['content'][number]
type WordPart = Extract<PromptMessage, { role: 'user' | 'assistant' }>['content'][number]

function shortResult(part: ToolPart, shorten: (text: string) => string): ToolPart {
  if (part.type !== 'tool-result') return part
  const { output } = part
  if (output.type !== 'text' && output.type !== 'error-text') return part
  const value = shorten(output.value)
  return value === output.value ? part : { ...part, output: { ...output, value } }
}

function shortWords(part: WordPart, shorten: (text: string) => string): WordPart {
  if (part.type === 'text') {
    const text = shorten(part.text)
    return text === part.text ? part : { ...part, text }
  }
  if (part.type !== 'tool-call') return part
  const input = withStrings(part.input, shorten)
  return input === part.input ? part : { ...part, input }
}

/** JSON data with other texts in it; the data itself if they are the same. */
function withStrings(data: unknown, change: (text: string) => string): unknown {
  if (typeof data === 'string') return change(data)
  if (typeof data !== 'object' || data === null) return data
  const entries = Object.entries(data).map(([key, value]) => [key, withStrings(value, change)] as const)
  if (entries.every(([key, value]) => value === (data as Record<string, unknown>)[key])) return data
  return Array.isArray(data) ? entries.map(([, value]) => value) : Object.fromEntries(entries)
}
