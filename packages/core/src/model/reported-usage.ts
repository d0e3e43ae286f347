import type { LanguageModelV4Usage } from '@ai-sdk/provider'
import type { Spent } from '../ports/budget.ts'
import type { ModelPrice } from '../ports/prices.ts'
import type { Usage } from '../usage.ts'
import { costOf } from './cost.ts'

/** What one answer used, as its provider reports it, and what that costs. */
export function reportedUsage({ inputTokens, outputTokens }: LanguageModelV4Usage, price?: ModelPrice): Usage {
  const usage: { -readonly [count in keyof Usage]: Usage[count] } = {
    calls: 1,
    failedCalls: 0,
    inputTokens: inputTokens.total,
    outputTokens: outputTokens.total,
    cachedInputTokens: inputTokens.cacheRead,
    cacheWriteTokens: inputTokens.cacheWrite,
    reasoningTokens: outputTokens.reasoning,
    costUsd: undefined,
  }
  usage.costUsd = costOf(usage, price)
  return usage
}

/** What a budget is charged for a usage. */
export function spentOn({ inputTokens, outputTokens, costUsd }: Usage): Spent {
  const isKnown = inputTokens !== undefined && outputTokens !== undefined
  return { tokens: isKnown ? inputTokens + outputTokens : undefined, costUsd }
}
