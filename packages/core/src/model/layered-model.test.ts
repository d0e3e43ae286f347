import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { ScriptedModel } from '../testing/scripted-model.ts'
import { layeredModel } from './layered-model.ts'

const options = { prompt: [] }

function layered(script: ConstructorParameters<typeof ScriptedModel>[0]) {
  return layeredModel(new ScriptedModel(script), {}, ({ call }) => call)
}

test('a stream that nobody reads on ends its call', async () => {
  const model = new ScriptedModel([])
  const signals: (AbortSignal | undefined)[] = []
  model.doStream = async ({ abortSignal }) => {
    signals.push(abortSignal)
    const word = { type: 'text-delta' as const, id: '1', delta: 'Once' }
    return { stream: new ReadableStream({ start: (parts) => parts.enqueue(word) }) }
  }
  const { stream } = await layeredModel(model, {}, ({ call }) => call).doStream(options)
  await stream.cancel(new Error('enough'))
  expect(signals[0]?.reason).toEqual(new Error('enough'))
})

test('a stream may be left behind its last part', async () => {
  const { stream } = await layered(['hi']).doStream(options)
  const reader = stream.getReader()
  for (let isOver = false; !isOver;) isOver = (await reader.read()).value?.type === 'finish'
  await reader.cancel()
})

test('the signal of the caller ends the call, and is let go of', async () => {
  const controller = new AbortController()
  const { signal } = controller
  await layered(['hi']).doGenerate({ ...options, abortSignal: signal })
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  const asked = layered([{ text: 'hi', delayMs: 60_000 }]).doStream({ ...options, abortSignal: signal })
  controller.abort(new Error('enough'))
  await expect(asked).rejects.toThrow('enough')
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('what fails in mid-answer is a part of the stream', async () => {
  const { stream } = await layered([{ text: 'Once', breakAfterText: true }]).doStream(options)
  const types: string[] = []
  for await (const { type } of stream) types.push(type)
  expect(types.slice(-2)).toEqual(['text-end', 'error'])
})
