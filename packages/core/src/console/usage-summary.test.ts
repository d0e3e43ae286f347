import { expect, test } from 'vitest'
import { UsageMeter, type Usage } from '../usage.ts'
import { printUsageSummary, type UsageMode } from './usage-summary.ts'

const DASHES = '-'.repeat(100)
const used: Usage = {
  calls: 1,
  failedCalls: 0,
  inputTokens: 1_000,
  outputTokens: 50,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  costUsd: 0.0012345678,
}
const model = 'openai/gpt-5'

function printed(meter: UsageMeter, mode?: UsageMode): string[] {
  const texts: string[] = []
  printUsageSummary(meter.report(), { write: (text) => texts.push(text), ...(mode && { mode }) })
  const lines = texts.join('').split('\n')
  expect([lines.shift(), lines.pop()]).toEqual([DASHES, DASHES])
  return lines
}

const paid = [
  'Usage summary excluding cached usage: ',
  'Total cost: 0.00123',
  "* Model 'openai/gpt-5': cost: 0.00123, prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1050",
  "* Agent 'coder': cost: 0.00123, prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1050",
]
const all = [
  'Usage summary including cached usage: ',
  'Total cost: 0.00247',
  "* Model 'openai/gpt-5': cost: 0.00247, prompt_tokens: 2000, completion_tokens: 100, total_tokens: 2100",
  "* Agent 'coder': cost: 0.00123, prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1050",
  "* Agent 'critic': cost: 0.00123, prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1050",
]

test('usage that was paid for and usage from a cache are told apart', () => {
  const meter = new UsageMeter()
  meter.add('coder', { model, usage: used })
  meter.add('critic', { model, usage: used, cached: true })
  expect(printed(meter)).toEqual([...paid, '', ...all])
  expect(printed(meter, 'actual')).toEqual(paid)
  expect(printed(meter, 'total')).toEqual(all)
})

test('usage without a cache is told once', () => {
  const meter = new UsageMeter()
  meter.add('coder', { model, usage: used })
  expect(printed(meter)).toEqual([
    ...paid,
    'All completions are non-cached: the total cost with cached completions is the same as actual cost.',
  ])
})

test('a run that a cache has answered cost nothing, and one that asked nobody has no summary', () => {
  const meter = new UsageMeter()
  expect(printed(meter)).toEqual(['No usage summary: no model was asked.'])
  meter.add('critic', { model, usage: used, cached: true })
  expect(printed(meter, 'actual')).toEqual(['No actual cost incurred (all completions are using cache).'])
})

test('what is not known says so, and failed calls are counted', () => {
  const meter = new UsageMeter()
  meter.add('coder', { model, usage: { ...used, costUsd: undefined } })
  meter.addFailure('coder', model, true)
  expect(printed(meter, 'actual')).toEqual([
    'Usage summary excluding cached usage: ',
    'Total cost: unknown',
    "* Model 'openai/gpt-5': cost: unknown, prompt_tokens: unknown, completion_tokens: unknown, total_tokens: unknown, failed calls: 1",
    "* Agent 'coder': cost: unknown, prompt_tokens: unknown, completion_tokens: unknown, total_tokens: unknown, failed calls: 1",
  ])
})
