import type { ModelPrice, TokenPrices } from '../ports/prices.ts'
import type { Usage } from '../usage.ts'

const MILLION = 1_000_000

/** What a call cost in US dollars; unknown without a price, or if input or output are unknown. */
export function costOf(usage: Omit<Usage, 'costUsd'>, price: ModelPrice | undefined): number | undefined {
  const { inputTokens, outputTokens, cachedInputTokens = 0, cacheWriteTokens = 0, reasoningTokens = 0 } = usage
  if (!price || inputTokens === undefined || outputTokens === undefined) return undefined
  const { input, output, cachedInput = input, cacheWrite = input, reasoning = output } = pricesAt(inputTokens, price)
  const plainInput = Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens)
  const plainOutput = Math.max(0, outputTokens - reasoningTokens)
  const tokens =
    plainInput * input +
    cachedInputTokens * cachedInput +
    cacheWriteTokens * cacheWrite +
    plainOutput * output +
    reasoningTokens * reasoning
  return (price.requestUsd ?? 0) + tokens / MILLION
}

/** What a request costs at the most, in US dollars: before the first token of its answer, and for each of them. */
export interface CostBound {
  readonly inputUsd: number
  readonly outputTokenUsd: number
}

/** What a request of at most so many input tokens costs at the most, whatever is cached or thought. */
export function costBound(price: ModelPrice, inputTokens: number): CostBound {
  const longer = (price.longInput ?? []).filter(({ aboveTokens }) => inputTokens > aboveTokens)
  const possible = [price, ...longer]
  const dearest = (prices: readonly (number | undefined)[]): number => Math.max(...prices.map((one) => one ?? 0))
  const input = dearest(possible.flatMap((one) => [one.input, one.cachedInput, one.cacheWrite]))
  const output = dearest(possible.flatMap((one) => [one.output, one.reasoning]))
  return { inputUsd: (price.requestUsd ?? 0) + (inputTokens * input) / MILLION, outputTokenUsd: output / MILLION }
}

function pricesAt(inputTokens: number, price: ModelPrice): TokenPrices {
  const longer = price.longInput?.toSorted((one, other) => other.aboveTokens - one.aboveTokens)
  return longer?.find(({ aboveTokens }) => inputTokens > aboveTokens) ?? price
}
