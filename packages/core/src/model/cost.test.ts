import { expect, test } from 'vitest'
import type { ModelPrice } from '../ports/prices.ts'
import type { Usage } from '../usage.ts'
import { costBound, costOf } from './cost.ts'

const MILLION = 1_000_000

function usage(counts: Partial<Usage>): Usage {
  return {
    calls: 1,
    failedCalls: 0,
    inputTokens: 0,
    outputTokens: 0,
    cachedInputTokens: undefined,
    cacheWriteTokens: undefined,
    reasoningTokens: undefined,
    costUsd: undefined,
    ...counts,
  }
}

const full: ModelPrice = { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75, reasoning: 20, requestUsd: 0.5 }
const long: ModelPrice = {
  input: 1,
  output: 10,
  longInput: [
    { aboveTokens: 500_000, input: 4, output: 40 },
    { aboveTokens: 200_000, input: 2, output: 20 },
  ],
}

test.each<[string, Partial<Usage>, ModelPrice, number]>([
  ['input and output', { inputTokens: 2 * MILLION, outputTokens: MILLION }, { input: 2, output: 10 }, 14],
  [
    'what a cache gave and took, and thoughts',
    {
      inputTokens: 3 * MILLION,
      outputTokens: 2 * MILLION,
      cachedInputTokens: MILLION,
      cacheWriteTokens: MILLION,
      reasoningTokens: MILLION,
    },
    full,
    0.5 + 3 + 0.3 + 3.75 + 15 + 20,
  ],
  [
    'the cache as other input, without a price of its own',
    { inputTokens: MILLION, cachedInputTokens: MILLION },
    { input: 2, output: 10 },
    2,
  ],
  ['a request that is not long', { inputTokens: 200_000, outputTokens: 1_000 }, long, 0.2 + 0.01],
  ['a long request, all of it', { inputTokens: 200_001, outputTokens: 1_000 }, long, 0.400002 + 0.02],
  ['a very long request', { inputTokens: MILLION, outputTokens: 0 }, long, 4],
  ['nothing, where nothing costs anything', { inputTokens: 5, outputTokens: 5 }, { input: 0, output: 0 }, 0],
])('a price counts %s', (_what, counts, price, cost) => {
  expect(costOf(usage(counts), price)).toBeCloseTo(cost, 9)
})

test.each([
  ['a price', usage({ inputTokens: 1, outputTokens: 1 }), undefined],
  ['input', usage({ inputTokens: undefined, outputTokens: 1 }), full],
  ['output', usage({ inputTokens: 1, outputTokens: undefined }), full],
])('without %s a cost is unknown, not 0', (_what, used, price) => {
  expect(costOf(used, price)).toBeUndefined()
})

test('a bound takes the dearest that may come: all of it written to a cache, all of it thought', () => {
  expect(costBound(full, MILLION)).toEqual({ inputUsd: 0.5 + 3.75, outputTokenUsd: 20 / MILLION })
})

test('a bound knows that a request may turn out long', () => {
  expect(costBound(long, 200_000)).toEqual({ inputUsd: 0.2, outputTokenUsd: 10 / MILLION })
  expect(costBound(long, 300_000)).toEqual({ inputUsd: 0.6, outputTokenUsd: 20 / MILLION })
})
