import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { RunCancellation } from '../run-cancellation.ts'
import { ScriptedModel } from '../testing/scripted-model.ts'
import { RateLimiter, type RateLimits } from './rate-limiter.ts'
import { withRateLimit } from './with-rate-limit.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** When calls that all ask at once are let in, in seconds, each by what it takes. */
async function timesOf(limits: RateLimits, tokens: readonly number[]): Promise<number[]> {
  const limiter = new RateLimiter(limits)
  const cancellation = new RunCancellation()
  const start = Date.now()
  const times = tokens.map(async (count) => {
    await limiter.enter(() => count, cancellation)
    return (Date.now() - start) / 1_000
  })
  await vi.runAllTimersAsync()
  return Promise.all(times)
}

describe('calls are let in', () => {
  test.each<[string, RateLimits, readonly number[], readonly number[]]>([
    ['as many as a minute allows', { requestsPerMinute: 2 }, [0, 0, 0, 0, 0], [0, 0, 60, 60, 120]],
    ['one interval apart', { minIntervalMs: 200 }, [0, 0, 0], [0, 0.2, 0.4]],
    ['as far as their tokens fit', { tokensPerMinute: 100 }, [60, 40, 50, 50, 1], [0, 0, 60, 60, 120]],
    ['in order, a small one behind a large one too', { tokensPerMinute: 100 }, [60, 60, 1], [0, 60, 60]],
    ['alone, if one is larger than the limit', { tokensPerMinute: 100 }, [10, 500, 10], [0, 60, 120]],
    ['by whichever limit is reached', { requestsPerMinute: 2, tokensPerMinute: 100 }, [90, 20, 1, 1], [0, 60, 60, 120]],
  ])('%s', async (_how, limits, tokens, times) => {
    expect(await timesOf(limits, tokens)).toEqual(times)
  })
})

test('what a call has really taken makes room for others, or takes it', async () => {
  const cancellation = new RunCancellation()
  const limiter = new RateLimiter({ tokensPerMinute: 100 })
  const first = await limiter.enter(() => 90, cancellation)
  let entered = false
  const second = limiter.enter(() => 50, cancellation).then((slot) => ((entered = true), slot))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(entered).toBe(false)
  first.settle(40)
  await vi.advanceTimersByTimeAsync(0)
  expect(entered).toBe(true)
  ;(await second).settle(200)
  const third = limiter.enter(() => 1, cancellation).then(() => Date.now())
  const now = Date.now()
  await vi.runAllTimersAsync()
  expect((await third) - now).toBe(60_000)
})

test('who gives up leaves the queue, and no timer and no listener', async () => {
  const limiter = new RateLimiter({ requestsPerMinute: 1 })
  const controller = new AbortController()
  const cancellation = new RunCancellation(controller.signal)
  await limiter.enter(() => 0, cancellation)
  const waiting = limiter.enter(() => 0, cancellation)
  expect(vi.getTimerCount()).toBe(1)
  controller.abort('enough')
  await expect(waiting).rejects.toBe('enough')
  cancellation.close()
  expect(vi.getTimerCount()).toBe(0)
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
})

test('who gives up does not hold up those behind', async () => {
  const limiter = new RateLimiter({ tokensPerMinute: 100 })
  const controller = new AbortController()
  const patient = new RunCancellation()
  await limiter.enter(() => 90, patient)
  const large = limiter.enter(() => 50, new RunCancellation(controller.signal))
  const small = limiter.enter(() => 5, patient).then(() => 'in')
  controller.abort('enough')
  await expect(large).rejects.toBe('enough')
  await expect(small).resolves.toBe('in')
})

test('models that share a limiter wait for one another, and say what they took', async () => {
  const limiter = new RateLimiter({ tokensPerMinute: 1_000 })
  const usage = { inputTokens: 900, outputTokens: 100 }
  const [a, b] = [new ScriptedModel([{ text: 'a', usage }]), new ScriptedModel([{ text: 'b', usage }])]
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello?' }] }]
  await withRateLimit(a, limiter).doGenerate({ prompt })
  const second = withRateLimit(b, limiter).doGenerate({ prompt })
  await vi.advanceTimersByTimeAsync(59_000)
  expect(b.requests).toHaveLength(0)
  await vi.runAllTimersAsync()
  expect((await second).content).toEqual([{ type: 'text', text: 'b' }])
})

test.each<[object, string]>([
  [{}, 'A RateLimiter has no limit. Give it one of requestsPerMinute, tokensPerMinute, minIntervalMs.'],
  [{ requestsPerMinute: 0 }, 'A RateLimiter has 0 as requestsPerMinute. Give a number from 1.'],
  [{ requestPerMinute: 1 }, 'A RateLimiter has no option "requestPerMinute". Did you mean "requestsPerMinute"?'],
])('a limiter of %j is refused', (limits, message) => {
  expect(() => new RateLimiter(limits)).toThrow(message)
})
