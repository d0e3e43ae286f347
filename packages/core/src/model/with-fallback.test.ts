import type { LanguageModelV4 } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { ModelError } from '../errors/model-error.ts'
import type { ModelEvent } from '../event.ts'
import type { AnswerFilter } from '../ports/model.ts'
import { ScriptedModel, type Script } from '../testing/scripted-model.ts'
import { withFallback, type FallbackOptions } from './with-fallback.ts'

const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello?' }] }]

const one = (modelId: string, script: Script): ScriptedModel => new ScriptedModel(script, { modelId })

async function ask(models: readonly LanguageModelV4[], options: FallbackOptions = {}, signal?: AbortSignal) {
  const events: ModelEvent[] = []
  const model = withFallback(models, { ...options, onEvent: (event) => void events.push(event) })
  const { stream } = await model.doStream({ prompt, ...(signal && { abortSignal: signal }) })
  let text = ''
  for await (const part of stream) if (part.type === 'text-delta') text += part.delta
  return { text, events }
}

async function failureOf(asked: Promise<unknown>): Promise<ModelError> {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof ModelError) return error
  throw new TypeError(`It did not fail as a model: ${String(error)}`)
}

test.each([401, 402, 403, 404, 408, 429, 500, 503])('a model that fails with status %d gives way', async (status) => {
  const b = one('b', ['from b'])
  const { text, events } = await ask([one('a', [{ error: 'no', status }]), b])
  expect(text).toBe('from b')
  const problem = `Model "scripted/a" failed with status ${status}: no`
  expect(events).toEqual([{ type: 'model-fallback', model: 'scripted/a', next: 'scripted/b', problem }])
})

test.each([400, 413, 422])('a request that is refused with status %d is not tried elsewhere', async (status) => {
  const b = one('b', ['from b'])
  const failure = await failureOf(ask([one('a', [{ error: 'broken prompt', status }]), b]))
  expect(failure).toMatchObject({ modelId: 'scripted/a', status, attempts: [] })
  expect(b.requests).toHaveLength(0)
})

test('the last error names each model and its failure', async () => {
  const models = [
    one('a', [{ error: 'who are you', status: 401 }]),
    one('b', [{ error: 'slow down', status: 429 }]),
    one('c', [{ error: 'oops', status: 500 }]),
  ]
  const failure = await failureOf(ask(models))
  expect(failure.message).toBe(
    'Model "scripted/c" failed with status 500: oops (before that: Model "scripted/a" failed with status 401: who are ' +
      'you; Model "scripted/b" failed with status 429: slow down)',
  )
  expect(failure.attempts.map(({ modelId, kind }) => [modelId, kind])).toEqual([
    ['scripted/a', 'auth'],
    ['scripted/b', 'rate-limit'],
    ['scripted/c', 'server'],
  ])
})

test('what fails in mid-answer does not give way', async () => {
  const b = one('b', ['from b'])
  await expect(ask([one('a', [{ text: 'Once', breakAfterText: true }]), b])).resolves.toMatchObject({ text: 'Once' })
  expect(b.requests).toHaveLength(0)
})

test('a caller who cancels is not sent to the next model', async () => {
  const controller = new AbortController()
  const b = one('b', ['from b'])
  const asked = ask([one('a', [{ text: 'late', delayMs: 60_000 }]), b], {}, controller.signal)
  setTimeout(() => controller.abort('enough'), 5)
  await expect(asked).rejects.toBe('enough')
  expect(b.requests).toHaveLength(0)
})

test('a list of no models is refused', () => {
  expect(() => withFallback([])).toThrow('withFallback was given no models. Give it one or more.')
})

describe('with a filter', () => {
  const accepting =
    (text: string): AnswerFilter =>
    ({ response }) =>
      response.text === text

  test('an answer that will not do goes on to the next model, and is not seen', async () => {
    const models = [one('a', ['one']), one('b', ['two']), one('c', ['three'])]
    const { text, events } = await ask(models, { filter: accepting('two') })
    expect(text).toBe('two')
    expect(events).toEqual([
      { type: 'answer-filter', model: 'scripted/a', passFilter: false },
      { type: 'answer-filter', model: 'scripted/b', passFilter: true },
    ])
    expect(models[2]?.requests).toHaveLength(0)
  })

  test('the last answer is given even if none will do', async () => {
    const { text, events } = await ask([one('a', ['one']), one('b', ['two'])], { filter: () => false })
    expect(text).toBe('two')
    expect(events.at(-1)).toEqual({ type: 'answer-filter', model: 'scripted/b', passFilter: false })
  })

  test('an answer that breaks in the middle gives way, for nothing of it was seen', async () => {
    const models = [one('a', [{ text: 'Once', breakAfterText: true }]), one('b', ['two'])]
    expect((await ask(models, { filter: () => true })).text).toBe('two')
  })

  test('the last model that fails is an error, with what it had said', async () => {
    const models = [one('a', ['one']), one('b', [{ text: 'Once upon', breakAfterText: true }])]
    const failure = await failureOf(ask(models, { filter: accepting('two') }))
    expect(failure).toMatchObject({ modelId: 'scripted/b', partialText: 'Once upon' })
  })

  test('a filter may take its time, and sees the request', async () => {
    const seen: unknown[] = []
    const filter: AnswerFilter = async ({ response, context }) => {
      seen.push(response.usage.outputTokens, context.prompt)
      return true
    }
    await ask([one('a', [{ text: 'one', usage: { outputTokens: 7 } }])], { filter })
    expect(seen).toEqual([7, prompt])
  })

  test('a filter that throws ends the call with its error', async () => {
    const filter = (): never => {
      throw new RangeError('bad filter')
    }
    await expect(ask([one('a', ['one']), one('b', ['two'])], { filter })).rejects.toThrow('bad filter')
  })
})
