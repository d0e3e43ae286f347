import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import type { ShortenedText } from '../../event.ts'
import { tokensOfMessage, type PromptMessage } from './request-size.ts'
import { Shortener } from './shorten.ts'
import type { TokenMemo } from './token-memo.ts'

/** What the sizes of a view depend on. */
export interface LedgerSettings {
  readonly memo: TokenMemo
  readonly maxInputTokens: number
  readonly maxToolResultTokens: number
  /** Whether the tool that reads shortened texts is offered. */
  readonly canRead: boolean
}

/** A message of a transcript, as it is and with the answers of tools shortened. */
interface Entry {
  readonly whole: PromptMessage
  readonly short: PromptMessage
  readonly shortened: readonly ShortenedText[]
  /** The tokens of this entry and all before it. */
  readonly wholeTokens: number
  readonly shortTokens: number
}

/**
 * The sizes of the messages of one transcript, as one agent sees it. What was entered for an earlier request stays, so
 * that a request costs what is new.
 */
export class ViewLedger {
  readonly settings: LedgerSettings
  /** What was last told of the view: an event is due when it changes. */
  told = ''
  readonly #shortener: Shortener
  readonly #entries: Entry[] = []

  constructor(settings: LedgerSettings) {
    this.settings = settings
    this.#shortener = new Shortener(settings.memo, settings.maxToolResultTokens, settings.canRead)
  }

  get length(): number {
    return this.#entries.length
  }

  /** Whether the ledger is of use under other settings. */
  isFor(settings: LedgerSettings): boolean {
    const { memo, maxInputTokens, maxToolResultTokens, canRead } = this.settings
    return (
      memo === settings.memo &&
      maxInputTokens === settings.maxInputTokens &&
      maxToolResultTokens === settings.maxToolResultTokens &&
      canRead === settings.canRead
    )
  }

  /** Makes the ledger one of the messages from `start` to `end` of a prompt. */
  take(prompt: LanguageModelV4Prompt, start: number, end: number): void {
    let same = 0
    while (start + same < end && this.#entries[same]?.whole === prompt[start + same]) same++
    this.#entries.length = same
    for (const message of prompt.slice(start + same, end)) this.#enter(message)
  }

  /** The tokens of the messages from `from` to `to`, whole. */
  wholeTokens(from: number, to: number): number {
    return (this.#entries[to - 1]?.wholeTokens ?? 0) - (this.#entries[from - 1]?.wholeTokens ?? 0)
  }

  /** The tokens of the messages from `from` to `to`, with long answers of tools shortened. */
  shortTokens(from: number, to: number): number {
    return (this.#entries[to - 1]?.shortTokens ?? 0) - (this.#entries[from - 1]?.shortTokens ?? 0)
  }

  /** The messages from `from` to `to`, with long answers of tools shortened. */
  short(from: number, to: number): PromptMessage[] {
    return this.#entries.slice(from, to).map((entry) => entry.short)
  }

  /** The messages from `from` to `to` as they are. */
  whole(from: number, to: number): PromptMessage[] {
    return this.#entries.slice(from, to).map((entry) => entry.whole)
  }

  /** The texts that are shortened in the messages from `from` to `to`. */
  shortened(from: number, to: number): ShortenedText[] {
    return this.#entries.slice(from, to).flatMap((entry) => entry.shortened)
  }

  /** Whether a message answers the calls of the one before it. */
  answersCalls(index: number): boolean {
    return this.#entries[index]?.whole.role === 'tool'
  }

  /** The first place behind `from` up to which the messages take so many tokens; the end if they never do. */
  placeBehind(from: number, tokens: number): number {
    let low = from
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.shortTokens(from, middle) >= tokens) high = middle
      else low = middle + 1
    }
    return low
  }

  #enter(whole: PromptMessage): void {
    const { memo, maxInputTokens } = this.settings
    const shortened: ShortenedText[] = []
    const short = this.#shortener.message(whole, 'results', shortened)
    const before = this.#entries.at(-1)
    const wholeTokens = tokensOfMessage(whole, memo, maxInputTokens)
    const shortTokens = short === whole ? wholeTokens : tokensOfMessage(short, memo, maxInputTokens)
    this.#entries.push({
      whole,
      short,
      shortened,
      wholeTokens: (before?.wholeTokens ?? 0) + wholeTokens,
      shortTokens: (before?.shortTokens ?? 0) + shortTokens,
    })
  }
}
