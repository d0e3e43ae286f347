import { calcPrice } from '@pydantic/genai-prices'
import { expect, test } from 'vitest'
import { costOf } from './cost.ts'
import { installedPrices, priceFrom } from './genai-prices.ts'

test.each([
  ['openai.responses', 'gpt-5', 'openai'],
  ['anthropic.messages', 'claude-sonnet-4-5', 'anthropic'],
  ['google.generative-ai', 'gemini-2.5-pro', 'google'],
  ['mistral.chat', 'mistral-large-latest', 'mistral'],
  ['xai.chat', 'grok-4', 'x-ai'],
  ['azure.responses', 'gpt-5', 'azure'],
])('%s/%s costs what the table says', async (provider, modelId, providerId) => {
  const price = await installedPrices()({ provider, modelId })
  for (const input of [1_000, 250_000]) {
    const usage = { input_tokens: input, cache_read_tokens: 500, output_tokens: 300 }
    const expected = calcPrice(usage, modelId, { providerId })?.total_price
    expect(expected).toBeGreaterThan(0)
    const counts = { inputTokens: input, outputTokens: 300, cachedInputTokens: 500, cacheWriteTokens: 0 }
    expect(costOf({ calls: 1, failedCalls: 0, reasoningTokens: 0, ...counts }, price)).toBeCloseTo(expected ?? 0, 9)
  }
})

test.each([
  ['openai.responses', 'a-model-that-nobody-has'],
  ['ollama.chat', 'llama3'],
  ['my-openai-proxy.chat', 'gpt-5'],
  ['scripted', 'model'],
])('%s/%s is unknown', async (provider, modelId) => {
  expect(await installedPrices()({ provider, modelId })).toBeUndefined()
})

test('a row without input or output is unknown, not free', () => {
  expect(priceFrom({})).toBeUndefined()
  expect(priceFrom({ input_mtok: 1 })).toBeUndefined()
  expect(priceFrom({ output_mtok: 1 })).toBeUndefined()
})

test('a row becomes a price with all that is counted', () => {
  const row = {
    input_mtok: { base: 3, tiers: [{ start: 200_000, price: 6 }] },
    output_mtok: { base: 15, tiers: [{ start: 200_000, price: 22.5 }] },
    cache_read_mtok: 0.3,
    cache_write_mtok: { base: 3.75, tiers: [{ start: 300_000, price: 7.5 }] },
    output_reasoning_mtok: 16,
    requests_kcount: 5,
    web_searches_kcount: 10,
  }
  expect(priceFrom(row)).toEqual({
    input: 3,
    output: 15,
    cachedInput: 0.3,
    cacheWrite: 3.75,
    reasoning: 16,
    requestUsd: 0.005,
    longInput: [
      { aboveTokens: 200_000, input: 6, output: 22.5, cachedInput: 0.3, cacheWrite: 3.75, reasoning: 16 },
      { aboveTokens: 300_000, input: 6, output: 22.5, cachedInput: 0.3, cacheWrite: 7.5, reasoning: 16 },
    ],
  })
})
