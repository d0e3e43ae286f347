import { checkOptions } from '../check-options.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Message } from '../message.ts'
import { quote } from '../util/quote.ts'
import type { MessageTransform } from './transform-messages.ts'
import { unitStart } from './units.ts'

/** How many messages an agent sees. */
export interface MessageHistoryLimiterOptions {
  /** At least 1. */
  readonly maxMessages: number
  /** Whether the first message, often the task, is seen in any case. Default `false`. */
  readonly keepFirstMessage?: boolean
}

/**
 * Leaves the newest messages. The last one, which is to be replied to, is always among them; calls and their answers
 * are seen together or not at all, so there may be fewer than `maxMessages`, or more if the last ones belong together.
 */
export class MessageHistoryLimiter implements MessageTransform {
  readonly #maxMessages: number
  readonly #keepFirstMessage: boolean

  constructor(options: MessageHistoryLimiterOptions) {
    checkOptions('MessageHistoryLimiter', options, ['maxMessages', 'keepFirstMessage'])
    const { maxMessages, keepFirstMessage = false } = options
    if (!Number.isInteger(maxMessages) || maxMessages < 1) {
      throw new ConfigurationError(
        'invalid-option',
        `MessageHistoryLimiter has ${quote(maxMessages)} as maxMessages. Give a whole number from 1.`,
      )
    }
    this.#maxMessages = maxMessages
    this.#keepFirstMessage = keepFirstMessage
  }

  applyTransform(messages: readonly Message[]): readonly Message[] {
    if (messages.length <= this.#maxMessages) return messages
    let start = unitStart(messages, messages.length - 1)
    const head = this.#keepFirstMessage ? headLength(messages) : 0
    const hasHead = head > 0 && head <= start && messages.length - start + head <= this.#maxMessages
    const first = hasHead ? head : 0
    while (start > first) {
      const next = unitStart(messages, start - 1)
      if (first + messages.length - next > this.#maxMessages) break
      start = next
    }
    return [...messages.slice(0, first), ...messages.slice(start)]
  }

  getLogs(before: readonly Message[], after: readonly Message[]): string | undefined {
    if (after.length >= before.length) return undefined
    return (
      `Removed ${before.length - after.length} messages. ` +
      `Number of messages reduced from ${before.length} to ${after.length}.`
    )
  }
}

/** The first message, with what answers it. */
function headLength(messages: readonly Message[]): number {
  let length = 1
  while (messages[length]?.toolResults && messages[length - 1]?.toolCalls) length++
  return length
}
