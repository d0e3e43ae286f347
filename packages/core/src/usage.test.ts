import { expect, test } from 'vitest'
import { totalUsage, UsageMeter, type Usage } from './usage.ts'

const used: Usage = {
  calls: 1,
  failedCalls: 0,
  inputTokens: 10,
  outputTokens: 1,
  cachedInputTokens: 4,
  cacheWriteTokens: 3,
  reasoningTokens: 0,
  costUsd: 0.5,
}
const one = { model: 'a/1', usage: used }

test('a meter counts what is inside it, while that is held and after it has ended', () => {
  const outer = new UsageMeter()
  const inner = new UsageMeter(outer)
  const innermost = new UsageMeter(inner)
  innermost.add('x', one)
  inner.add('y', one)
  expect(outer.report()).toMatchObject({ calls: 2, byAgent: { x: { calls: 1 }, y: { calls: 1 } } })
  innermost.close()
  innermost.close()
  expect(outer.report().calls).toBe(2)
  inner.close()
  outer.add('x', one)
  expect(outer.report()).toMatchObject({ calls: 3, inputTokens: 30, costUsd: 1.5, byAgent: { x: { calls: 2 } } })
  expect(inner.report().calls).toBe(2)
})

test('a count that is unknown once is unknown from then on, and the others are not', () => {
  const meter = new UsageMeter()
  meter.add('x', one)
  meter.add('y', { ...one, usage: { ...used, costUsd: undefined } })
  meter.addFailure('y', 'a/1', false)
  expect(meter.report()).toMatchObject({ calls: 2, failedCalls: 1, inputTokens: 20, costUsd: undefined })
  expect(meter.report().byAgent['x']?.costUsd).toBe(0.5)
})

test('a report does not change any more', () => {
  const meter = new UsageMeter()
  meter.add('x', one)
  const report = meter.report()
  meter.add('x', one)
  expect(report).toMatchObject({ calls: 1, byAgent: { x: { calls: 1 } } })
})

test('the total of several runs has what came from caches', () => {
  const [first, second] = [new UsageMeter(), new UsageMeter()]
  first.add('x', one)
  second.add('x', { ...one, cached: true })
  second.add('y', { model: 'b/2', usage: used })
  expect(totalUsage(first.report(), second.report())).toMatchObject({
    calls: 3,
    costUsd: 1.5,
    byAgent: { x: { calls: 2 }, y: { calls: 1 } },
    byModel: { 'a/1': { calls: 2 }, 'b/2': { calls: 1 } },
  })
  expect(totalUsage()).toMatchObject({ calls: 0, costUsd: 0, byAgent: {} })
})
