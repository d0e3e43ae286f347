import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import type { ModelEvent } from '../event.ts'
import type { ModelAnswer } from '../ports/model.ts'
import type { ModelPrice } from '../ports/prices.ts'
import { ScriptedModel, type Script } from '../testing/scripted-model.ts'
import { AttemptLog } from './attempt-log.ts'
import { wholeAnswer } from './held-answer.ts'
import { callOf, type ModelCall } from './model-call.ts'

const options: LanguageModelV4CallOptions = { prompt: [{ role: 'system', content: 'Hello.' }] }

function logged(script: Script, price?: ModelPrice) {
  const events: ModelEvent[] = []
  let clock = 0
  const asked = { agent: 'coder', purpose: 'reply', step: 'c1/1/coder.model' }
  const log = new AttemptLog(asked, {
    emit: (event) => void events.push(event),
    runtime: { now: () => (clock += 10) },
    prices: { of: () => undefined },
    budget: undefined,
  })
  const call = callOf(new ScriptedModel(script), 'scripted/model', () => log.begin('scripted/model', price))
  return { log, call, events }
}

/** Reads an answer to its end, as `askModel` does. */
async function read(call: ModelCall, log: AttemptLog): Promise<ModelAnswer> {
  const { answer } = await wholeAnswer(await call(options), log.price)
  log.answered(answer)
  return answer
}

const about = { agent: 'coder', model: 'scripted/model', purpose: 'reply', step: 'c1/1/coder.model' }

test('an attempt is seen when it begins and when it is answered', async () => {
  const script = [{ text: 'hi', usage: { inputTokens: 1_000, outputTokens: 100 } }]
  const { log, call, events } = logged(script, { input: 1, output: 10 })
  const { usage } = await read(call, log)
  expect(usage).toMatchObject({ calls: 1, inputTokens: 1_000, outputTokens: 100, costUsd: 0.002 })
  expect(events).toEqual([
    { type: 'model-call', ...about, attempt: 1 },
    { type: 'model-end', ...about, attempt: 1, durationMs: 10, usage, finishReason: 'stop' },
  ])
})

test('each attempt of a retry is seen', async () => {
  const { log, call, events } = logged([{ error: 'busy', status: 429 }, { error: 'down', status: 500 }, 'hi'])
  await expect(read(call, log)).rejects.toThrow('busy')
  await expect(read(call, log)).rejects.toThrow('down')
  await read(call, log)
  expect(
    events.map(({ type, ...event }) => [
      type,
      'attempt' in event && event.attempt,
      'problem' in event && event.problem,
    ]),
  ).toEqual([
    ['model-call', 1, false],
    ['model-end', 1, 'Model "scripted/model" failed with status 429: busy'],
    ['model-call', 2, false],
    ['model-end', 2, 'Model "scripted/model" failed with status 500: down'],
    ['model-call', 3, false],
    ['model-end', 3, false],
  ])
  expect(events.some((event) => 'isBrokenOff' in event)).toBe(false)
})

test('what broke off after it had begun is told as that, and once', async () => {
  const { log, call, events } = logged([{ text: 'half', breakAfterText: true }])
  await expect(read(call, log)).rejects.toThrow('the connection broke')
  log.failed(new Error('told twice'))
  const problem = 'Model "scripted/model" failed: the connection broke'
  expect(events.slice(1)).toEqual([
    { type: 'model-end', ...about, attempt: 1, durationMs: 10, problem, isBrokenOff: true },
  ])
})

test('an attempt that nobody reads on, or that is tried again without a word, has failed', async () => {
  const { call, events } = logged(['one', 'two', 'three'])
  const first = await call(options)
  first.cancel(new Error('too slow'))
  await call(options)
  await call(options)
  expect(events.flatMap((event) => (event.type === 'model-end' ? [event.problem] : []))).toEqual([
    'Model "scripted/model" failed: too slow',
    'Model "scripted/model" failed: "given up"',
  ])
})

test('an answer that is told twice is one', async () => {
  const { log, call, events } = logged(['hi'])
  log.answered(await read(call, log))
  expect(events).toHaveLength(2)
})
