import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import type { ModelEvent } from '../event.ts'
import type { ModelAnswer } from '../ports/model.ts'
import type { ModelPrice } from '../ports/prices.ts'
import { ScriptedModel, type Script } from '../testing/scripted-model.ts'
import { AttemptLog } from './attempt-log.ts'
import { contextOutsideRuns } from './call-context.ts'
import { callOf } from './streamed-call.ts'
import { wholeAnswer } from './whole-answer.ts'

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
  log.price = price
  const call = callOf(new ScriptedModel(script), 'scripted/model')
  const controller = new AbortController()
  const context = { ...contextOutsideRuns(controller.signal), attempts: log }
  /** Reads an answer to its end, as a client does. */
  async function read(): Promise<ModelAnswer> {
    const { answer } = await wholeAnswer('scripted/model', (take) => call(options, take, context), log)
    log.answered(answer)
    return answer
  }
  return { log, read, events, controller }
}

const about = { agent: 'coder', model: 'scripted/model', purpose: 'reply', step: 'c1/1/coder.model' }

test('an attempt is seen when it begins and when it is answered', async () => {
  const script = [{ text: 'hi', usage: { inputTokens: 1_000, outputTokens: 100 } }]
  const { read, events } = logged(script, { input: 1, output: 10 })
  const { usage } = await read()
  expect(usage).toMatchObject({ calls: 1, inputTokens: 1_000, outputTokens: 100, costUsd: 0.002 })
  expect(events).toEqual([
    { type: 'model-call', ...about, attempt: 1 },
    { type: 'model-end', ...about, attempt: 1, durationMs: 10, usage, finishReason: 'stop' },
  ])
})

test('each attempt of a retry is seen', async () => {
  const { read, events } = logged([{ error: 'busy', status: 429 }, { error: 'down', status: 500 }, 'hi'])
  await expect(read()).rejects.toThrow('busy')
  await expect(read()).rejects.toThrow('down')
  await read()
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
  const { log, read, events } = logged([{ text: 'half', breakAfterText: true }])
  await expect(read()).rejects.toThrow('the connection broke')
  log.failed(new Error('told twice'))
  const problem = 'Model "scripted/model" failed: the connection broke'
  expect(events.slice(1)).toEqual([
    { type: 'model-end', ...about, attempt: 1, durationMs: 10, problem, isBrokenOff: true },
  ])
})

test('an attempt that is cut off has failed, whether the model listens or not', async () => {
  const { read, events, controller } = logged([{ text: 'never', delayMs: 60_000 }])
  const reading = read()
  controller.abort(new Error('too slow'))
  await expect(reading).rejects.toThrow('too slow')
  expect(events.flatMap((event) => (event.type === 'model-end' ? [event.problem] : []))).toEqual([
    'Model "scripted/model" failed: too slow',
  ])
})

test('an answer that is told twice is one', async () => {
  const { log, read, events } = logged(['hi'])
  log.answered(await read())
  expect(events).toHaveLength(2)
})
