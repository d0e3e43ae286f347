import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import type { EventBody } from '../event.ts'
import { inlineRuntime } from '../ports/runtime.ts'
import type { LlmConfig, ModelAnswer } from '../ports/model.ts'
import { RunCancellation } from '../run-cancellation.ts'
import { ScriptedModel, type Script } from '../testing/scripted-model.ts'
import { UsageMeter } from '../usage.ts'
import type { AnswerPart } from './answer-reader.ts'
import { askModel } from './ask-model.ts'

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
  const onPart = (part: AnswerPart): void => void ('delta' in part && deltas.push(part.delta))
  const answer = await askModel(
    config,
    { agent: 'assistant', purpose: 'reply', prompt, step: 's', onPart },
    {
      cancellation: new RunCancellation(new AbortController().signal),
      emit: (event) => void events.push(event),
      runtime: { ...inlineRuntime, random: () => 1 },
      usage: meter,
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
