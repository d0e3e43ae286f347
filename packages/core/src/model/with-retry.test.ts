import { APICallError, type LanguageModelV4, type LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { ModelEvent } from '../event.ts'
import type { RetryOptions } from '../ports/model.ts'
import { RunCancellation } from '../run-cancellation.ts'
import { ScriptedModel, type ScriptedAnswer } from '../testing/scripted-model.ts'
import { partsOfCall } from '../../../../test/parts-of-call.ts'
import { callOf } from './streamed-call.ts'
import { retriedCall, withRetry } from './with-retry.ts'

const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello?' }] }]
const soon: RetryOptions = { initialDelayMs: 1 }

async function partsFrom(model: LanguageModelV4, abortSignal?: AbortSignal): Promise<LanguageModelV4StreamPart[]> {
  const { stream } = await model.doStream({ prompt, ...(abortSignal && { abortSignal }) })
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

async function textFrom(model: LanguageModelV4, abortSignal?: AbortSignal): Promise<string> {
  return (await partsFrom(model, abortSignal)).map((part) => (part.type === 'text-delta' ? part.delta : '')).join('')
}

function refusal(responseHeaders: Record<string, string>): ScriptedAnswer {
  const about = { message: 'slow down', url: 'https://api.example', requestBodyValues: {}, statusCode: 429 }
  return { error: new APICallError({ ...about, responseHeaders }) }
}

test('a call that failed is made again, twice by default', async () => {
  const model = new ScriptedModel([{ error: 'busy', status: 503 }, { error: 'busy', status: 500 }, 'hi'])
  expect(await textFrom(withRetry(model, soon))).toBe('hi')
  model.assertUsedUp()
  const busy = new ScriptedModel(() => ({ error: 'busy', status: 503 }))
  await expect(textFrom(withRetry(busy, soon))).rejects.toMatchObject({
    name: 'ModelError',
    kind: 'server',
    status: 503,
  })
  expect(busy.requests).toHaveLength(3)
})

test('a refusal is not asked again', async () => {
  const model = new ScriptedModel([{ error: 'bad', status: 400 }])
  await expect(textFrom(withRetry(model, soon))).rejects.toMatchObject({ kind: 'bad-request', retryable: false })
})

test('what failed before the first word is not seen, and what comes after it is not held back', async () => {
  const begin: LanguageModelV4StreamPart[] = [
    { type: 'stream-start', warnings: [] },
    { type: 'text-start', id: '1' },
  ]
  let calls = 0
  const model: LanguageModelV4 = Object.assign(new ScriptedModel([]), {
    doStream: async () => {
      const first = ++calls === 1
      const word: LanguageModelV4StreamPart = first
        ? { type: 'error', error: { message: 'Overloaded', type: 'overloaded_error' } }
        : { type: 'text-delta', id: '1', delta: 'hi' }
      return { stream: new ReadableStream({ start: (to) => [...begin, word].forEach((part) => to.enqueue(part)) }) }
    },
  })
  const { stream } = await withRetry(model, soon).doStream({ prompt })
  const reader = stream.getReader()
  const seen = [await reader.read(), await reader.read(), await reader.read()].map(({ value }) => value?.type)
  expect(seen).toEqual(['stream-start', 'text-start', 'text-delta'])
  expect(calls).toBe(2)
  await reader.cancel()
})

test('what fails in mid-answer is not asked again', async () => {
  const model = new ScriptedModel([{ text: 'Once upon', breakAfterText: true }])
  const parts = await partsFrom(withRetry(model, soon))
  expect(parts.find((part) => part.type === 'error')).toMatchObject({ error: { message: 'the connection broke' } })
})

test('an answer that is none is asked for again', async () => {
  const nothing = { inputTokens: {}, outputTokens: {} } as never
  const empty = (unified: 'interrupted' | 'other'): LanguageModelV4StreamPart[] => [
    { type: 'stream-start', warnings: [] },
    { type: 'finish', finishReason: { unified, raw: undefined }, usage: nothing },
  ]
  const pages = [empty('interrupted'), empty('other'), []]
  const model = new ScriptedModel(['hi'])
  const answer = model.doStream.bind(model)
  model.doStream = async (options) => {
    const page = pages.shift()
    if (!page) return answer(options)
    return { stream: new ReadableStream({ start: (to) => (page.forEach((part) => to.enqueue(part)), to.close()) }) }
  }
  expect(await textFrom(withRetry(model, { ...soon, maxRetries: 3 }))).toBe('hi')
  expect(pages).toEqual([])
})

describe('waits', () => {
  async function waitsOf(script: ScriptedAnswer[], options: RetryOptions, chance = 0): Promise<number[]> {
    const events: ModelEvent[] = []
    const call = retriedCall({ modelId: 'a/b', call: callOf(new ScriptedModel(script)) }, options)
    const context = {
      cancellation: new RunCancellation(),
      runtime: { random: () => chance },
      emit: (event: ModelEvent) => void events.push(event),
    }
    await partsOfCall(call, { prompt }, context).catch(() => {})
    return events.flatMap((event) => (event.type === 'model-retry' ? event.waitMs : []))
  }
  const busy: ScriptedAnswer = { error: 'busy', status: 503 }

  test('double each time, up to the longest', async () => {
    const options = { maxRetries: 4, initialDelayMs: 4, maxDelayMs: 20 }
    expect(await waitsOf([busy, busy, busy, busy, busy], options)).toEqual([4, 8, 16, 20])
  })

  test('are cut short by chance, by up to a half', async () => {
    expect(await waitsOf([busy, busy, 'hi'], { initialDelayMs: 40 }, 0.5)).toEqual([30, 60])
  })

  test('are as long as the provider asks for', async () => {
    expect(await waitsOf([refusal({ 'retry-after-ms': '30' }), 'hi'], soon)).toEqual([30])
    expect(await waitsOf([refusal({ 'retry-after': '0' }), 'hi'], soon)).toEqual([1])
  })

  test('that would be too long are not begun', async () => {
    expect(await waitsOf([refusal({ 'retry-after': '61' }), 'hi'], {})).toEqual([])
    expect(await waitsOf([refusal({ 'retry-after': '1' }), 'hi'], { maxDelayMs: 999 })).toEqual([])
  })
})

test('each retry is an event', async () => {
  const events: ModelEvent[] = []
  const model = new ScriptedModel([{ error: 'busy', status: 503 }, 'hi'], { modelId: 'm' })
  await textFrom(withRetry(model, { initialDelayMs: 0, onEvent: (event) => void events.push(event) }))
  const problem = 'Model "scripted/m" failed with status 503: busy'
  expect(events).toEqual([{ type: 'model-retry', model: 'scripted/m', attempt: 1, waitMs: 0, problem }])
})

test('a wait ends with the caller, and leaves no listener and no timer', async () => {
  const controller = new AbortController()
  const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
  const before = timers()
  const model = new ScriptedModel([{ error: 'busy', status: 503 }])
  const asked = textFrom(withRetry(model, { initialDelayMs: 60_000 }), controller.signal)
  setTimeout(() => controller.abort('enough'), 5)
  await expect(asked).rejects.toBe('enough')
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  expect(timers()).toBeLessThanOrEqual(before)
})

test('a model with retries gives whole answers, too', async () => {
  const calls = [{ id: 'c1', name: 'add', arguments: { a: 1 } }]
  const model = new ScriptedModel([
    { error: 'busy', status: 503 },
    { reasoning: 'let me see', text: 'adding now', toolCalls: calls, usage: { inputTokens: 3, outputTokens: 4 } },
  ])
  const result = await withRetry(model, soon).doGenerate({ prompt })
  expect(result).toMatchObject({
    content: [
      { type: 'reasoning', text: 'let me see' },
      { type: 'text', text: 'adding now' },
      { type: 'tool-call', toolCallId: 'c1', toolName: 'add', input: '{"a":1}' },
    ],
    finishReason: { unified: 'tool-calls' },
    usage: { inputTokens: { total: 3 }, outputTokens: { total: 4 } },
    warnings: [],
  })
})
