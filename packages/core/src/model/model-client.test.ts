import type { LanguageModelV2, LanguageModelV3, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { ModelError } from '../errors/model-error.ts'
import type { Emit } from '../event.ts'
import { inlineRuntime } from '../ports/runtime.ts'
import type { LlmConfig, ModelAnswer, ModelSource } from '../ports/model.ts'
import type { ToolSpec } from '../ports/tool.ts'
import { ScriptedModel } from '../testing/scripted-model.ts'
import { RunCancellation } from '../run-cancellation.ts'
import { UsageMeter } from '../usage.ts'
import { askModel } from './model-client.ts'

const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello?' }] }]

const PLACE = { runtime: inlineRuntime, prices: { of: () => undefined }, budget: undefined }

async function ask(
  model: ModelSource,
  { tools = [], ...config }: Partial<LlmConfig> & { readonly tools?: readonly ToolSpec[] } = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<ModelAnswer & { readonly parts: object[]; readonly meter: UsageMeter }> {
  const parts: object[] = []
  const meter = new UsageMeter()
  const emit: Emit = (event) => {
    if (event.type === 'text-delta' || event.type === 'reasoning-delta')
      parts.push({ type: event.type, delta: event.delta })
    if (event.type === 'tool-call') parts.push({ type: event.type, call: event.call })
  }
  const context = { ...PLACE, cancellation: new RunCancellation(signal), usage: meter, emit }
  const request = {
    agent: 'assistant',
    purpose: 'reply' as const,
    prompt,
    tools,
    step: 's',
    messageId: 'c/1',
  }
  return { ...(await askModel({ model, retry: false, ...config }, request, context)), parts, meter }
}

/** A model that streams these parts, then ends, stays silent, or goes on in its own time. */
function streaming(parts: readonly LanguageModelV4StreamPart[], end: 'close' | 'stall' = 'close'): ScriptedModel {
  const model = new ScriptedModel([])
  model.doStream = async () => ({
    stream: new ReadableStream({
      start(controller) {
        for (const part of parts) controller.enqueue(part)
        if (end === 'close') controller.close()
      },
    }),
  })
  return model
}

const finish: LanguageModelV4StreamPart = {
  type: 'finish',
  finishReason: { unified: 'stop', raw: undefined },
  usage: {
    inputTokens: { total: 1_000_000, noCache: undefined, cacheRead: 400_000, cacheWrite: undefined },
    outputTokens: { total: 100_000, text: undefined, reasoning: undefined },
  },
}

test('settings that were given are passed on, and others are left out', async () => {
  const model = new ScriptedModel(['hi'])
  await ask(model, { temperature: 0, stopSequences: ['x'], providerOptions: { openai: { store: false } } })
  const { abortSignal, ...options } = model.requests[0] ?? {}
  expect(options).toEqual({
    prompt,
    temperature: 0,
    stopSequences: ['x'],
    providerOptions: { openai: { store: false }, conversable: { agent: 'assistant', purpose: 'reply' } },
  })
  expect(abortSignal).toBeInstanceOf(AbortSignal)
})

test.each([
  { toolChoice: 'required' as const, sent: { type: 'required' } },
  { toolChoice: { tool: 'add' }, sent: { type: 'tool', toolName: 'add' } },
])('the tool choice $toolChoice is passed on beside tools, and not without', async ({ toolChoice, sent }) => {
  const model = new ScriptedModel(['hi', 'hi'])
  const tools = [{ name: 'add', description: 'Adds.', parameters: { type: 'object' as const } }]

  await ask(model, { toolChoice, tools })
  await ask(model, { toolChoice })

  expect(model.requests.map((request) => request.toolChoice)).toEqual([sent, undefined])
})

test('a text is read piece by piece', async () => {
  const { text, content, parts } = await ask(new ScriptedModel(['one two']))
  expect({ text, content }).toEqual({ text: 'one two', content: 'one two' })
  expect(parts).toEqual([
    { type: 'text-delta', delta: 'one ' },
    { type: 'text-delta', delta: 'two' },
  ])
})

test('no text at all is not an empty text', async () => {
  expect((await ask(new ScriptedModel([{ text: null }]))).text).toBeUndefined()
  expect((await ask(new ScriptedModel(['']))).text).toBe('')
})

test('reasoning and what a provider attached are kept as parts', async () => {
  const { content } = await ask(
    streaming([
      { type: 'reasoning-start', id: 'r' },
      { type: 'reasoning-delta', id: 'r', delta: 'hm' },
      { type: 'reasoning-end', id: 'r', providerMetadata: { anthropic: { signature: 'sig' } } },
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', delta: 'yes' },
      { type: 'text-end', id: 't' },
      finish,
    ]),
  )
  expect(content).toEqual([
    { type: 'reasoning', text: 'hm', providerMetadata: { anthropic: { signature: 'sig' } } },
    { type: 'text', text: 'yes' },
  ])
})

test('a call between two thoughts keeps its place, and other calls say nothing of theirs', async () => {
  const thought = [
    { type: 'reasoning-start' as const, id: 'r' },
    { type: 'reasoning-end' as const, id: 'r' },
  ]
  const call = { type: 'tool-call' as const, toolName: 'look', input: '{}' }
  const { toolCalls } = await ask(
    streaming([...thought, { ...call, toolCallId: 'a' }, ...thought, { ...call, toolCallId: 'b' }, finish]),
  )
  expect(toolCalls.map(({ id, providerMetadata }) => [id, providerMetadata])).toEqual([
    ['a', { conversable: { after: 1 } }],
    ['b', undefined],
  ])
})

test('calls without an id, or with one that is taken, get one of their own', async () => {
  const call = { type: 'tool-call' as const, toolName: 'get rate', input: '{}' }
  const { toolCalls } = await ask(
    streaming([{ ...call, toolCallId: '' }, { ...call, toolCallId: 'a' }, { ...call, toolCallId: 'a' }, finish]),
  )
  expect(toolCalls.map(({ id, name }) => [id, name])).toEqual([
    ['call_1', 'get_rate'],
    ['a', 'get_rate'],
    ['a_3', 'get_rate'],
  ])
})

test('cost is known where there is a price, and unknown elsewhere', async () => {
  const { meter } = await ask(streaming([finish]), { price: { input: 2, output: 10, cachedInput: 1 } })
  expect(meter.report()).toMatchObject({
    calls: 1,
    costUsd: 0.6 * 2 + 0.4 * 1 + 0.1 * 10,
    cachedInputTokens: 400_000,
    reasoningTokens: undefined,
  })
  const unpriced = await ask(streaming([finish]))
  expect(unpriced.meter.report().costUsd).toBeUndefined()
})

test('a stream that ends in the middle is an error with the text up to there', async () => {
  const error = await ask(streaming([{ type: 'text-delta', id: 't', delta: 'half' }])).catch(
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ModelError)
  expect(error).toMatchObject({
    partialText: 'half',
    retryable: true,
    message: expect.stringContaining('ended its answer in the middle'),
  })
})

test('a model that falls silent is given up', async () => {
  const error = await ask(streaming([{ type: 'text-delta', id: 't', delta: 'half' }], 'stall'), {
    idleTimeoutMs: 20,
  }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    name: 'ModelError',
    message: 'Model "scripted/model" said nothing for 20 ms (idleTimeoutMs).',
    retryable: true,
  })
})

test('a model that never begins is given up', async () => {
  const model = new ScriptedModel([])
  model.doStream = () => new Promise(() => {})
  const error = await ask(model, { idleTimeoutMs: 20 }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'ModelError', retryable: true })
})

test('a model that goes on for too long is given up, however lively', async () => {
  const error = await ask(new ScriptedModel([{ text: 'la '.repeat(1000), wordDelayMs: 2 }]), {
    timeoutMs: 40,
    idleTimeoutMs: 30,
  }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ message: 'Model "scripted/model" took longer than 40 ms (timeoutMs).' })
})

test('a slow but lively model is waited for', async () => {
  const { text } = await ask(new ScriptedModel([{ text: 'a b c d e f', wordDelayMs: 10 }]), { idleTimeoutMs: 35 })
  expect(text).toBe('a b c d e f')
})

test('a cancelled call ends with the reason of whoever cancelled it, and the provider is told', async () => {
  const controller = new AbortController()
  const model = new ScriptedModel([{ text: 'too late', delayMs: 10_000 }])
  const asked = ask(model, {}, controller.signal)
  await new Promise((resolve) => setTimeout(resolve, 5))
  controller.abort('enough')
  await expect(asked).rejects.toBe('enough')
  expect(model.requests[0]?.abortSignal?.aborted).toBe(true)
})

test.each([
  [
    'v3',
    {
      inputTokens: { total: 3, noCache: 3, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: 4, text: 4, reasoning: 0 },
    },
    { unified: 'stop', raw: 'stop' },
  ],
  ['v2', { inputTokens: 3, outputTokens: 4, totalTokens: 7, cachedInputTokens: 0, reasoningTokens: 0 }, 'unknown'],
])('a model of specification %s is asked through an adapter', async (specificationVersion, usage, finishReason) => {
  let asked: unknown
  const older = {
    specificationVersion,
    provider: 'old',
    modelId: 'm',
    supportedUrls: {},
    doStream: async (options: unknown) => {
      asked = options
      return {
        stream: new ReadableStream({
          start(controller) {
            for (const part of [
              { type: 'text-start', id: '1' },
              { type: 'text-delta', id: '1', delta: 'hi' },
              { type: 'text-end', id: '1' },
              { type: 'finish', usage, finishReason },
            ])
              controller.enqueue(part)
            controller.close()
          },
        }),
      }
    },
  } as unknown as LanguageModelV2 | LanguageModelV3
  const meter = new UsageMeter()
  const image = { type: 'file' as const, mediaType: 'image/png', data: { type: 'data' as const, data: 'AAAA' } }
  const photo = {
    type: 'file' as const,
    mediaType: 'image/*',
    data: { type: 'url' as const, url: new URL('https://example.org/cat.png') },
  }
  const request = {
    agent: 'a',
    purpose: 'reply' as const,
    prompt: [{ role: 'user' as const, content: [image, photo] }],
    step: 's',
  }
  const cancellation = new RunCancellation()
  const answer = await askModel({ model: older }, request, { ...PLACE, cancellation, emit: () => {}, usage: meter })
  expect(answer).toMatchObject({ text: 'hi', model: 'old/m' })
  expect(meter.report()).toMatchObject({ inputTokens: 3, outputTokens: 4, cachedInputTokens: 0 })
  expect(asked).toMatchObject({
    prompt: [{ role: 'user', content: [{ data: 'AAAA' }, { data: new URL('https://example.org/cat.png') }] }],
  })
})
