import type { Turn } from '../agent.ts'
import { checkOptions } from '../check-options.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Message } from '../message.ts'
import { modelsOf } from '../model/entries.ts'
import { memoFor, type TokenMemo } from '../model/window/token-memo.ts'
import type { ModelSource } from '../ports/model.ts'
import type { TokenCounter } from '../ports/token-counter.ts'
import { quote } from '../util/quote.ts'
import { cutMessage, textsIn, tokensIn } from './cut-message.ts'
import { FILTER_OPTIONS, messageFilter, type MessageFilterOptions } from './message-filter.ts'
import type { MessageTransform } from './transform-messages.ts'
import { unitStart } from './units.ts'

/** How many tokens an agent sees. Texts are counted, answers and arguments of tools included; not what frames them. */
export interface MessageTokenLimiterOptions extends MessageFilterOptions {
  /** To how many tokens each text of a message is cut. Default: no limit. */
  readonly maxTokensPerMessage?: number
  /** How many tokens all messages together may have. Default: no limit. */
  readonly maxTokens?: number
  /** Below so many tokens in all, nothing is changed. Default 0. */
  readonly minTokens?: number
  /** Whose tokenizer counts. Default: that of the agent's own model. */
  readonly model?: ModelSource
  /** What counts, in place of a tokenizer that is told by the model's name. */
  readonly tokenCounter?: TokenCounter
}

const LIMITS = ['maxTokensPerMessage', 'maxTokens', 'minTokens'] as const

/**
 * Leaves the newest messages that have room, from the newest to the oldest, each cut to its own limit first; the
 * first that has no room is cut to what is left of it, and older ones are left out. The last message is always
 * seen; calls and their answers are seen together or not at all.
 */
export class MessageTokenLimiter implements MessageTransform {
  readonly #options: MessageTokenLimiterOptions
  readonly #mayCut: (message: Message) => boolean

  constructor(options: MessageTokenLimiterOptions = {}) {
    checkOptions('MessageTokenLimiter', options, [...LIMITS, 'model', 'tokenCounter', ...FILTER_OPTIONS])
    for (const limit of LIMITS) checkLimit(limit, options[limit])
    const { maxTokens = Infinity, minTokens = 0 } = options
    if (minTokens > maxTokens) {
      throw new ConfigurationError(
        'invalid-option',
        `MessageTokenLimiter has ${minTokens} as minTokens and ${maxTokens} as maxTokens. Give a smaller minTokens.`,
      )
    }
    this.#options = options
    this.#mayCut = messageFilter('MessageTokenLimiter', options)
  }

  async applyTransform(messages: readonly Message[], turn: Turn): Promise<readonly Message[]> {
    const { maxTokens = Infinity, maxTokensPerMessage = Infinity, minTokens = 0 } = this.#options
    const memo = await this.#memo(turn)
    if (minTokens > 0 && sum(messages, memo) < minTokens) return messages
    const kept: Message[] = []
    let room = maxTokens
    for (let end = messages.length; end > 0 && room > 0;) {
      const start = unitStart(messages, end - 1)
      const unit = messages.slice(start, end).map((message) => this.#cut(message, { each: maxTokensPerMessage }, memo))
      const fitting =
        sum(unit, memo) <= room ? unit : this.#cutUnit(unit, { room, isLast: end === messages.length }, memo)
      kept.unshift(...fitting)
      if (fitting !== unit) break
      room -= sum(unit, memo)
      end = start
    }
    return kept.length === messages.length && kept.every((message, index) => message === messages[index])
      ? messages
      : kept
  }

  getLogs(before: readonly Message[], after: readonly Message[]): string | undefined {
    if (before === after) return undefined
    const removed = before.length - after.length
    const cut = after.filter((message, index) => message !== before[index + removed]).length
    return `Removed ${removed} messages and cut ${cut}. Number of messages reduced from ${before.length} to ${after.length}.`
  }

  /** What is left of messages that belong together and have no room; nothing, unless they are the last. */
  #cutUnit(
    unit: readonly Message[],
    { room, isLast }: { readonly room: number; readonly isLast: boolean },
    memo: TokenMemo,
  ): Message[] {
    const cut: Message[] = []
    let left = room
    for (const message of unit) {
      const shorter = this.#cut(message, { inAll: Math.max(0, left) }, memo)
      cut.push(shorter)
      left -= tokensIn(shorter, memo)
    }
    const mustStay = isLast || unit.some((message) => !this.#mayCut(message))
    return mustStay || (left >= 0 && cut.every((message, index) => isSaid(message, unit[index]))) ? cut : []
  }

  #cut(message: Message, limits: { readonly each?: number; readonly inAll?: number }, memo: TokenMemo): Message {
    return this.#mayCut(message) ? cutMessage(message, limits, memo) : message
  }

  async #memo({ conversation, recipient }: Turn): Promise<TokenMemo> {
    const { tokenCounter, model = recipient.llmConfig?.model } = this.#options
    return memoFor({ models: model === undefined ? [] : modelsOf(model), tokenCounter }, conversation)
  }
}

/** Whether each text of a message has something left. */
function isSaid(cut: Message, whole: Message | undefined): boolean {
  const before = textsIn(whole)
  return textsIn(cut).every((text, index) => text !== '' || before[index] === '')
}

function sum(messages: readonly Message[], memo: TokenMemo): number {
  return messages.reduce((tokens, message) => tokens + tokensIn(message, memo), 0)
}

function checkLimit(option: string, value: number | undefined): void {
  if (value === undefined || value === Infinity || (Number.isInteger(value) && value >= 0)) return
  throw new ConfigurationError(
    'invalid-option',
    `MessageTokenLimiter has ${quote(value)} as ${option}. Give a whole number from 0.`,
  )
}
