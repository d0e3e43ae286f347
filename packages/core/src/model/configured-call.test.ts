import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import type { EventBody } from '../event.ts'
import { inlineRuntime } from '../ports/runtime.ts'
import type { LlmConfig, ModelAnswer } from '../ports/model.ts'
import { RunCancellation } from '../run-cancellation.ts'
import { ScriptedModel, type Script } from '../testing/scripted-model.ts'
import { UsageMeter } from '../usage.ts'
import { askModel } from './model-client.ts'
import { MemoryCache } from './memory-cache.ts'
import { RateLimiter } from './rate-limiter.ts'

const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello?' }] }]
const one = (modelId: string, script: Script): ScriptedModel => new ScriptedModel(script, { modelId })

interface Asked {
  readonly answer: ModelAnswer
  readonly events: readonly EventBody[]
  readonly deltas: readonly string[]
  readonly meter: UsageMeter
}

async function ask(config: LlmConfig): Promise<Asked> {
  const events: EventBody[] = []
  const deltas: string[] = []
  const meter = new UsageMeter()
  const answer = await askModel(
    config,
    { agent: 'assistant', purpose: 'reply', prompt, step: 's', messageId: 'm' },
    {
      cancellation: new RunCancellation(),
      emit(event) {
        if (event.type === 'text-delta') deltas.push(event.delta)
        // Each attempt is told, too.
        else if (event.type !== 'model-call' && event.type !== 'model-end') events.push(event)
      },
      runtime: { ...inlineRuntime, random: () => 1 },
      usage: meter,
      prices: { of: () => undefined },
      budget: undefined,
    },
  )
  return { answer, events, deltas, meter }
}

function settingsOf({ abortSignal: _signal, prompt: _prompt, ...settings }: LanguageModelV4CallOptions): object {
  return settings
}

test('an agent asks again by default, and chance comes from the runtime', async () => {
  const { answer, events } = await ask({ model: one('a', [{ error: 'busy', status: 503 }, 'hi']) })
  expect(answer.text).toBe('hi')
  expect(events).toMatchObject([{ type: 'model-retry', model: 'scripted/a', attempt: 1, waitMs: 500 }])
})

test('an agent with retry: false asks once', async () => {
  const model = one('a', [{ error: 'busy', status: 503 }])
  await expect(ask({ model, retry: false })).rejects.toMatchObject({ status: 503 })
})

test('each model of a list has its own retries, and then the next one is asked', async () => {
  const busy = one('a', () => ({ error: 'busy', status: 503 }))
  const config: LlmConfig = { model: [busy, one('b', ['from b'])], retry: { maxRetries: 1, initialDelayMs: 1 } }
  const { answer, events, deltas } = await ask(config)
  expect(answer).toMatchObject({ text: 'from b', model: 'scripted/b' })
  expect(events.map((event) => event.type)).toEqual(['model-retry', 'model-fallback'])
  expect(busy.requests).toHaveLength(2)
  expect(deltas).toEqual(['from ', 'b'])
})

test('settings of one model go before those of the list', async () => {
  const a = one('a', [{ error: 'no', status: 401 }])
  const b = one('b', ['hi'])
  await ask({
    model: [{ model: a, temperature: 1, maxOutputTokens: 10, providerOptions: { a: { x: 1 } } }, b],
    temperature: 0,
    providerOptions: { all: { y: 2 } },
  })
  const conversable = { agent: 'assistant', purpose: 'reply' }
  expect(a.requests.map(settingsOf)).toEqual([
    { temperature: 1, maxOutputTokens: 10, providerOptions: { all: { y: 2 }, a: { x: 1 }, conversable } },
  ])
  expect(b.requests.map(settingsOf)).toEqual([{ temperature: 0, providerOptions: { all: { y: 2 }, conversable } }])
})

test('each model of a list has its own price', async () => {
  const a = one('a', [{ error: 'no', status: 401 }])
  const b = one('b', [{ text: 'hi', usage: { inputTokens: 1_000_000, outputTokens: 0 } }])
  const { meter } = await ask({
    model: [a, { model: b, price: { input: 7, output: 1 } }],
    price: { input: 2, output: 1 },
  })
  expect(meter.report().costUsd).toBe(7)
})

test('answers that a filter turns down are counted, and their words are not seen', async () => {
  const usage = { inputTokens: 10, outputTokens: 1 }
  const { answer, deltas, meter } = await ask({
    model: [one('a', [{ text: 'one', usage }]), one('b', [{ text: 'two', usage }])],
    filter: ({ response, context }) => response.text === 'two' && context.agent === 'assistant',
  })
  expect(answer).toMatchObject({ text: 'two', rejected: [{ model: 'scripted/a' }] })
  expect(deltas).toEqual(['two'])
  expect(meter.report()).toMatchObject({ calls: 2, inputTokens: 20, byModel: { 'scripted/a': { calls: 1 } } })
})

test('an answer of the last model that will not do says so', async () => {
  const { answer } = await ask({ model: one('a', ['one']), filter: () => false })
  expect(answer).toMatchObject({ text: 'one', passFilter: false })
})

test('a filter that throws is named with its agent', async () => {
  const filter = (): never => {
    throw new RangeError('oops')
  }
  await expect(ask({ model: one('a', ['one']), filter })).rejects.toMatchObject({
    name: 'CallbackError',
    message: 'Agent "assistant": the filter of its llmConfig failed: oops',
  })
})

test('silence in mid-answer is an error with the words up to there', async () => {
  const model = one('a', [{ text: 'la la la', wordDelayMs: 10_000 }])
  const config: LlmConfig = { model: [model, one('b', ['hi'])], idleTimeoutMs: 20 }
  model.doStream = async () => ({
    stream: new ReadableStream({ start: (to) => to.enqueue({ type: 'text-delta', id: '1', delta: 'half' }) }),
  })
  await expect(ask(config)).rejects.toMatchObject({ kind: 'timeout', partialText: 'half', modelId: 'scripted/a' })
})

test('an answer from a cache is told like any other, and costs nothing', async () => {
  const config: LlmConfig = { model: one('a', ['one two']), cache: new MemoryCache(), price: { input: 1, output: 1 } }
  await ask(config)
  const { answer, deltas, events, meter } = await ask(config)
  expect(answer).toMatchObject({ text: 'one two', model: 'scripted/a', cached: true })
  expect(deltas).toEqual(['one ', 'two'])
  expect(events).toEqual([{ type: 'cache-hit', model: 'scripted/a' }])
  expect(meter.report()).toMatchObject({ calls: 0, inputTokens: 0, costUsd: 0 })
})

test('a cache keeps the answer of the model that gave it, under the whole list', async () => {
  const cache = new MemoryCache()
  const list = [one('a', () => ({ error: 'no', status: 401 })), one('b', ['from b'])]
  await ask({ model: list, cache })
  expect((await ask({ model: list, cache })).answer).toMatchObject({
    text: 'from b',
    model: 'scripted/b',
    cached: true,
  })
  const other = one('b', ['asked'])
  expect((await ask({ model: other, cache })).answer.text).toBe('asked')
  const warmer = [list[0] ?? other, { model: one('b', ['warm']), temperature: 1 }]
  expect((await ask({ model: warmer, cache })).answer.text).toBe('warm')
})

test('a cache tells tools in words from those of the provider', async () => {
  const cache = new MemoryCache()
  await ask({ model: one('a', ['one']), cache })
  expect((await ask({ model: one('a', ['two']), cache, toolCalls: 'text' })).answer.text).toBe('two')
})

test('an answer that passed no filter is not kept', async () => {
  const config: LlmConfig = { model: one('a', ['one', 'two']), cache: new MemoryCache(), filter: () => false }
  await ask(config)
  expect((await ask(config)).answer).toMatchObject({ text: 'two', passFilter: false })
})

test('time spent in the queue of a rate limit is not taken for silence', async () => {
  const rateLimit = new RateLimiter({ minIntervalMs: 600 })
  const config: LlmConfig = { model: one('a', ['one', 'two']), rateLimit, idleTimeoutMs: 400 }
  const [first, second] = await Promise.all([ask(config), ask(config)])
  expect([first.answer.text, second.answer.text]).toEqual(['one', 'two'])
})

test('each try of a call waits for the rate limit anew', async () => {
  const waited: number[] = []
  const rateLimit = { enter: async (tokens: () => number) => ({ settle: () => void waited.push(tokens()) }) }
  const script = [
    { error: 'busy', status: 503 },
    { text: 'hi', usage: { inputTokens: 1, outputTokens: 1 } },
  ]
  let entered = 0
  const counting = { enter: (tokens: () => number) => (entered++, rateLimit.enter(tokens)) }
  await ask({ model: one('a', script), rateLimit: counting, retry: { initialDelayMs: 1 }, maxOutputTokens: 5 })
  expect(entered).toBe(2)
  // A quarter of the bytes of the request with its frames, and what the answer may take.
  expect(waited).toEqual([14 + 5])
})
