import type { Conversation } from '../../conversation.ts'
import type { ModelSource } from '../../ports/model.ts'
import type { TokenCounter } from '../../ports/token-counter.ts'
import { modelIdOf } from '../named-call.ts'
import { byteCounter, encodingOf, tokenCounterFor } from '../token-counter.ts'

/** Counts texts, each once: a text that comes again, in whatever message, costs a look. */
export class TokenMemo {
  readonly counter: TokenCounter
  /** By text; a negative number for a text that takes more than that, and was not counted to its end. */
  readonly #known = new Map<string, number>()

  constructor(counter: TokenCounter) {
    this.counter = counter
  }

  /** As of the counter. */
  count(text: string, stopAt: number = Infinity): number {
    const known = this.#known.get(text)
    if (known !== undefined && (known >= 0 || -known > stopAt)) return Math.abs(known)
    const tokens = this.counter.count(text, stopAt)
    this.#known.set(text, tokens > stopAt ? -tokens : tokens)
    return tokens
  }
}

/** Whose tokens are counted, and with what if it is not told by the model's name. */
export interface Counted {
  /** Several, where they stand in for one another. */
  readonly models: readonly ModelSource[]
  readonly tokenCounter?: TokenCounter | undefined
}

/** What was counted for a model in a conversation; it is kept beside the conversation, and shared by all agents. */
export async function memoFor(
  { models, tokenCounter }: Counted,
  conversation: Conversation | undefined,
): Promise<TokenMemo> {
  const key = tokenCounter ?? models.map(modelIdOf).join(', ')
  const memos = conversation?.derive('token-memos', () => new Map<TokenCounter | string, TokenMemo>())
  const known = memos?.get(key)
  if (known) return known
  const memo = new TokenMemo(tokenCounter ?? (await counterForAll(models)))
  memos?.set(key, memo)
  return memo
}

/** The counter of the models; their bytes where they do not count alike. */
async function counterForAll(models: readonly ModelSource[]): Promise<TokenCounter> {
  const encodings = new Set(models.map((model) => encodingOf(modelIdOf(model))))
  const [model] = models
  return model !== undefined && encodings.size === 1 ? tokenCounterFor(model) : byteCounter
}
