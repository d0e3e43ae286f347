import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base'
import { expect, test } from 'vitest'
import { byteCounter, tokenCounterFor } from './token-counter.ts'

const TEXT = 'Ein ganz gewöhnlicher Satz, with some English words, 12345 digits and 漢字.'

test.each([
  'openai/gpt-5',
  'openai/gpt-4o-mini',
  'openai/gpt-4.1',
  'openai/o3',
  'openrouter/openai/gpt-5-mini',
  'groq/openai/gpt-oss-20b',
])('%s is counted with the newest encoding', async (model) => {
  const counter = await tokenCounterFor(model)
  expect(counter.count(TEXT)).toBe(countO200k(TEXT))
  expect(counter.count(TEXT)).toBeLessThan(byteCounter.count(TEXT))
})

test.each(['openai/gpt-4', 'openai/gpt-4-turbo', 'openai/gpt-3.5-turbo', 'azure/gpt-35-turbo'])(
  '%s is counted with the encoding before it',
  async (model) => {
    expect((await tokenCounterFor(model)).count(TEXT)).toBe(countCl100k(TEXT))
  },
)

test.each(['anthropic/claude-sonnet-4-5', 'google/gemini-3-pro', 'ollama/llama3.3', 'scripted/model'])(
  '%s is bounded by its bytes',
  async (model) => {
    const counter = await tokenCounterFor(model)
    expect(counter.count('漢字')).toBe(6)
    expect(counter).toBe(byteCounter)
  },
)

test('a text that looks like a special token is counted as text', async () => {
  const counter = await tokenCounterFor('openai/gpt-5')
  expect(counter.count('<|endoftext|>')).toBeGreaterThan(1)
})

test('a long text is counted in pieces to the same number', async () => {
  const counter = await tokenCounterFor('openai/gpt-5')
  const prose = Array.from({ length: 3_000 }, (_none, index) => `the ${index}th word of a long story`).join(
    ' and then ',
  )
  expect(prose.length).toBeGreaterThan(50_000)
  expect(counter.count(prose)).toBe(countO200k(prose))
})

test.each([
  ['one long word', 'a'.repeat(100_000)],
  ['emoji', '👩‍🚀'.repeat(5_000)],
  ['spaces', ' '.repeat(50_000)],
])('%s without an end is counted piece by piece, never too low by more than a few', async (_what, text) => {
  const counter = await tokenCounterFor('openai/gpt-5')
  const short = text.slice(0, 5_000)
  expect(counter.count(short)).toBeGreaterThanOrEqual(countO200k(short))
  expect(counter.count(text)).toBeGreaterThan(0)
})

test('counting stops behind the limit', async () => {
  const counter = await tokenCounterFor('openai/gpt-5')
  const tokens = counter.count('word '.repeat(1_000_000), 500)
  expect(tokens).toBeGreaterThan(500)
  expect(tokens).toBeLessThan(1_000)
})
