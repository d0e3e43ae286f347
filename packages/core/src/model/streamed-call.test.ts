import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { partsOfCall } from '../../../../test/parts-of-call.ts'
import { contextOutsideRuns } from './call-context.ts'
import { callOf } from './streamed-call.ts'

const options = { prompt: [] }
const usage = { inputTokens: {}, outputTokens: { total: 1 } } as never
const BEGINNING: LanguageModelV4StreamPart[] = [
  { type: 'stream-start', warnings: [] },
  { type: 'text-start', id: '1' },
]
const WORD: LanguageModelV4StreamPart = { type: 'text-delta', id: '1', delta: 'hi' }
const FINISH: LanguageModelV4StreamPart = { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage }

function modelOf(doStream: LanguageModelV4['doStream']): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'test',
    modelId: 'm',
    supportedUrls: {},
    doStream,
    doGenerate: () => Promise.reject(new Error('not asked for')),
  }
}

/** A model that says this, and what its stream was cancelled with. */
function speaking(parts: readonly LanguageModelV4StreamPart[], end: 'closed' | 'open' = 'closed') {
  const cancelled: unknown[] = []
  const stream = new ReadableStream<LanguageModelV4StreamPart>({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      if (end === 'closed') controller.close()
    },
    cancel: (reason) => void cancelled.push(reason),
  })
  return { model: modelOf(async () => ({ stream })), stream, cancelled }
}

test('an answer is handed over as it comes', async () => {
  const { model } = speaking([...BEGINNING, WORD, FINISH])
  expect(await partsOfCall(callOf(model), options)).toEqual([...BEGINNING, WORD, FINISH])
})

test.each([
  ['an error', [...BEGINNING, { type: 'error', error: new Error('overloaded') }], 'overloaded'],
  ['nothing at all', [], 'gave no answer'],
  ['an end that explains nothing', [...BEGINNING, { ...FINISH, finishReason: { unified: 'error', raw: '' } }], 'ended'],
] as [string, LanguageModelV4StreamPart[], string][])(
  '%s before a word hands nothing over',
  async (_what, parts, why) => {
    const taken: LanguageModelV4StreamPart[] = []
    const context = contextOutsideRuns()
    const asked = callOf(speaking(parts).model)(options, (part) => void taken.push(part), context)
    await expect(asked).rejects.toThrow(why)
    expect(taken).toEqual([])
  },
)

test('what ends in mid-answer rejects behind the words that came', async () => {
  const taken: string[] = []
  const context = contextOutsideRuns()
  const { model } = speaking([...BEGINNING, WORD])
  const asked = callOf(model)(options, ({ type }, from) => void taken.push(`${from} ${type}`), context)
  await expect(asked).rejects.toThrow('ended its answer in the middle')
  expect(taken).toEqual(['test/m stream-start', 'test/m text-start', 'test/m text-delta'])
})

test('a call that is cancelled rejects at once, and lets go of a stream that comes later', async () => {
  const { stream, cancelled } = speaking([WORD], 'open')
  const { promise, resolve } = Promise.withResolvers<{ stream: typeof stream }>()
  const controller = new AbortController()
  const reason = new Error('enough')
  const asked = partsOfCall(callOf(modelOf(() => promise)), options, contextOutsideRuns(controller.signal))
  controller.abort(reason)
  await expect(asked).rejects.toBe(reason)
  resolve({ stream })
  await expect.poll(() => cancelled).toHaveLength(1)
})

test('a model is not asked once its run is cancelled', async () => {
  let asked = 0
  const model = modelOf(() => Promise.reject(new Error(`asked ${++asked}`)))
  const context = contextOutsideRuns(AbortSignal.abort(new Error('enough')))
  await expect(partsOfCall(callOf(model), options, context)).rejects.toThrow('enough')
  expect(asked).toBe(0)
})

test('a reader that throws ends the stream', async () => {
  const { model, cancelled } = speaking([...BEGINNING, WORD], 'open')
  const fail = (): never => {
    throw new Error('cannot read that')
  }
  const asked = callOf(model)(options, fail, contextOutsideRuns())
  await expect(asked).rejects.toThrow('cannot read that')
  expect(cancelled).toEqual([new Error('cannot read that')])
})

test.each([
  ['longer than it may', { timeoutMs: 30 }, 'took longer than 30 ms'],
  ['in silence', { idleTimeoutMs: 30 }, 'said nothing for 30 ms'],
])('a model that takes %s is given up', async (_what, deadlines, why) => {
  const { model, cancelled } = speaking([...BEGINNING, WORD], 'open')
  await expect(partsOfCall(callOf(model, 'test/m', deadlines), options)).rejects.toMatchObject({
    message: expect.stringContaining(why),
    kind: 'timeout',
  })
  expect(cancelled).toHaveLength(1)
})
