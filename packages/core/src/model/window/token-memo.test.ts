import { expect, test } from 'vitest'
import type { ModelSource } from '../../ports/model.ts'
import { memoFor } from './token-memo.ts'

const TEXT = 'How many tokens is this?'

test.each<[string, readonly ModelSource[], number]>([
  ['one model of a known family is counted by its tokenizer', ['openai/gpt-5'], 6],
  ['models that share a tokenizer are counted by it', ['openai/gpt-5', 'azure/gpt-4.1'], 6],
  ['models that count differently are bounded by bytes', ['openai/gpt-5', 'anthropic/claude-sonnet-4-5'], 24],
  ['models of two tokenizers are bounded by bytes', ['openai/gpt-5', 'openai/gpt-4'], 24],
  ['no model is bounded by bytes', [], 24],
])('%s', async (_what, models, tokens) => {
  expect((await memoFor({ models }, undefined)).count(TEXT)).toBe(tokens)
})
