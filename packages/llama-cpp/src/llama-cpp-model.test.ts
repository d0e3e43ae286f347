import type { LanguageModelV4CallOptions, LanguageModelV4Prompt, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { AssistantAgent, tool, UserProxyAgent } from 'conversable'
import { expect, test } from 'vitest'
import { LlamaCppModel } from './llama-cpp-model.ts'
import type { GenerateOptions, Generated, HistoryItem, NodeLlamaCpp } from './node-llama-cpp.ts'

type Answer = (options: GenerateOptions, history: readonly HistoryItem[]) => Partial<Generated> | void

interface Asked {
  readonly history: readonly HistoryItem[]
  readonly options: GenerateOptions
}

/** The engine, with answers that were written for it; counts eight tokens read and two written for each. */
function engine(answers: readonly Answer[]): NodeLlamaCpp & { readonly asked: Asked[]; loads: number } {
  const asked: Asked[] = []
  const meter = { usedInputTokens: 0, usedOutputTokens: 0 }
  const fake = {
    asked,
    loads: 0,
    async getLlama() {
      return {
        async loadModel({ modelPath }: { readonly modelPath: string }) {
          fake.loads++
          if (modelPath === 'missing.gguf') throw new Error('There is no such file.')
          const sequence = { nextTokenIndex: 12, contextSize: 64, tokenMeter: meter }
          return { createContext: async () => ({ getSequence: () => sequence }), dispose: async () => {} }
        },
        createGrammarForJsonSchema: async (schema: unknown) => ({ schema }),
      }
    },
    LlamaChat: class {
      async generateResponse(history: readonly HistoryItem[], options: GenerateOptions): Promise<Generated> {
        asked.push({ history, options })
        const made = answers[asked.length - 1]?.(options, history)
        options.signal?.throwIfAborted()
        meter.usedInputTokens += 8
        meter.usedOutputTokens += 2
        return { metadata: { stopReason: 'eogToken' }, ...made }
      }
    },
  }
  return fake
}

const says =
  (...pieces: readonly string[]): Answer =>
  ({ onResponseChunk }) => {
    for (const text of pieces) onResponseChunk({ text })
  }

const user = (text: string): LanguageModelV4Prompt[number] => ({ role: 'user', content: [{ type: 'text', text }] })
const add = {
  type: 'function' as const,
  name: 'add',
  description: 'Adds.',
  inputSchema: { type: 'object' as const, properties: { a: { type: 'number' as const, minimum: 0 } } },
}

async function partsOf(
  model: LlamaCppModel,
  options: LanguageModelV4CallOptions,
): Promise<LanguageModelV4StreamPart[]> {
  const { stream } = await model.doStream(options)
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

test('an answer is streamed piece by piece, with thoughts apart, and what it used', async () => {
  const nodeLlamaCpp = engine([
    ({ onResponseChunk }) => {
      onResponseChunk({ segmentType: 'thought', text: 'Hm.' })
      onResponseChunk({ text: 'Good ' })
      onResponseChunk({ text: 'day.' })
    },
  ])
  const model = new LlamaCppModel({ modelPath: '/models/small.gguf', nodeLlamaCpp })

  const parts = await partsOf(model, { prompt: [user('Hello')], temperature: 0.5, maxOutputTokens: 9 })

  expect(parts).toEqual([
    { type: 'stream-start', warnings: [] },
    { type: 'reasoning-start', id: 'reasoning-1' },
    { type: 'reasoning-delta', id: 'reasoning-1', delta: 'Hm.' },
    { type: 'reasoning-end', id: 'reasoning-1' },
    { type: 'text-start', id: 'text-2' },
    { type: 'text-delta', id: 'text-2', delta: 'Good ' },
    { type: 'text-delta', id: 'text-2', delta: 'day.' },
    { type: 'text-end', id: 'text-2' },
    {
      type: 'finish',
      finishReason: { unified: 'stop', raw: 'eogToken' },
      usage: {
        inputTokens: { total: 10, noCache: 8, cacheRead: 2, cacheWrite: undefined },
        outputTokens: { total: 2, text: undefined, reasoning: undefined },
      },
    },
  ])
  expect(model.modelId).toBe('small.gguf')
  expect(nodeLlamaCpp.asked[0]?.options).toMatchObject({ temperature: 0.5, maxTokens: 9 })
})

test('a chat with calls becomes a history in which each call has its result', async () => {
  const nodeLlamaCpp = engine([says('5')])
  const call = (id: string, a: number) => ({
    type: 'tool-call' as const,
    toolCallId: id,
    toolName: 'add',
    input: { a },
  })
  const result = (id: string, value: string) => ({
    type: 'tool-result' as const,
    toolCallId: id,
    toolName: 'add',
    output: { type: 'text' as const, value },
  })

  await partsOf(new LlamaCppModel({ modelPath: 'm.gguf', nodeLlamaCpp }), {
    prompt: [
      { role: 'system', content: 'Be brief.' },
      { role: 'system', content: 'Be kind.' },
      user('Add.'),
      user('Now.'),
      { role: 'assistant', content: [{ type: 'text', text: 'Yes.' }, call('1', 1), call('2', 2)] },
      { role: 'tool', content: [result('1', 'one'), result('2', 'two')] },
    ],
  })

  expect(nodeLlamaCpp.asked[0]?.history).toEqual([
    { type: 'system', text: 'Be brief.\n\nBe kind.' },
    { type: 'user', text: 'Add.\n\nNow.' },
    {
      type: 'model',
      response: [
        'Yes.',
        { type: 'functionCall', name: 'add', params: { a: 1 }, result: 'one' },
        { type: 'functionCall', name: 'add', params: { a: 2 }, result: 'two' },
      ],
    },
  ])
})

test('a tool that the model may call is a function with what a grammar can hold of its schema', async () => {
  const nodeLlamaCpp = engine([
    () => ({
      functionCalls: [{ functionName: 'add', params: { a: 3 } }],
      metadata: { stopReason: 'functionCalls' },
    }),
  ])

  const parts = await partsOf(new LlamaCppModel({ modelPath: 'm.gguf', nodeLlamaCpp }), {
    prompt: [user('Add 3.')],
    tools: [add],
  })

  expect(nodeLlamaCpp.asked[0]?.options.functions).toEqual({
    add: { description: 'Adds.', params: { type: 'object', properties: { a: { type: 'number' } } } },
  })
  expect(parts.slice(1)).toMatchObject([
    { type: 'tool-call', toolName: 'add', input: '{"a":3}' },
    { type: 'finish', finishReason: { unified: 'tool-calls' } },
  ])
})

test('a call that is asked for is bound by a grammar, and its words are not streamed as text', async () => {
  const nodeLlamaCpp = engine([says('{"name": "add", ', '"arguments": {"a": 4}}')])

  const parts = await partsOf(new LlamaCppModel({ modelPath: 'm.gguf', nodeLlamaCpp }), {
    prompt: [user('Add 4.')],
    tools: [add],
    toolChoice: { type: 'required' },
  })

  expect(nodeLlamaCpp.asked[0]?.options.grammar).toEqual({
    schema: {
      oneOf: [
        {
          type: 'object',
          properties: {
            name: { const: 'add' },
            arguments: { type: 'object', properties: { a: { type: 'number' } } },
          },
        },
      ],
    },
  })
  expect(parts.map(({ type }) => type)).toEqual(['stream-start', 'tool-call', 'finish'])
  expect(parts[1]).toMatchObject({ toolName: 'add', input: '{"a":4}' })
})

test('an answer of a schema is bound by a grammar', async () => {
  const nodeLlamaCpp = engine([says('{"next": "bob"}')])
  const schema = { type: 'object' as const, properties: { next: { type: 'string' as const, enum: ['bob', 'eve'] } } }

  await partsOf(new LlamaCppModel({ modelPath: 'm.gguf', nodeLlamaCpp }), {
    prompt: [user('Who?')],
    responseFormat: { type: 'json', schema },
  })

  expect(nodeLlamaCpp.asked[0]?.options.grammar).toEqual({ schema })
  expect(nodeLlamaCpp.asked[0]?.history[0]).toEqual({
    type: 'system',
    text: `Answer in JSON of this schema: ${JSON.stringify(schema)}`,
  })
})

test('requests are answered one at a time, from a file that is loaded once', async () => {
  const order: string[] = []
  const nodeLlamaCpp = engine([says('a'), says('b')])
  const model = new LlamaCppModel({ modelPath: 'm.gguf', nodeLlamaCpp })

  await Promise.all(
    ['first', 'second'].map(async (text) => {
      await partsOf(model, { prompt: [user(text)] })
      order.push(text)
    }),
  )

  expect(order).toEqual(['first', 'second'])
  expect(nodeLlamaCpp.loads).toBe(1)
})

test('a request that is cancelled fails with the reason, and the next one is answered', async () => {
  const stop = new AbortController()
  const nodeLlamaCpp = engine([() => stop.abort(new Error('enough')), says('here')])
  const model = new LlamaCppModel({ modelPath: 'm.gguf', nodeLlamaCpp })

  await expect(partsOf(model, { prompt: [user('one')], abortSignal: stop.signal })).rejects.toThrow('enough')
  const parts = await partsOf(model, { prompt: [user('two')] })

  expect(parts).toContainEqual({ type: 'text-delta', id: 'text-1', delta: 'here' })
})

test.each([
  { options: { modelPath: '' }, problem: 'modelPath of a LlamaCppModel is ""' },
  { options: { modelPath: 'm.gguf', contextSize: 0 }, problem: 'contextSize of "m.gguf" is 0' },
])('options that cannot work are refused: $problem', ({ options, problem }) => {
  expect(() => new LlamaCppModel(options)).toThrow(problem)
})

test('a file that cannot be loaded is named, and tried again by the next request', async () => {
  const nodeLlamaCpp = engine([])
  const model = new LlamaCppModel({ modelPath: 'missing.gguf', nodeLlamaCpp })
  const ask = () => partsOf(model, { prompt: [user('Hello')] })

  await expect(ask()).rejects.toThrow('The model file "missing.gguf" cannot be used: There is no such file.')
  await expect(ask()).rejects.toMatchObject({ code: 'unknown-model' })
  expect(nodeLlamaCpp.loads).toBe(2)
})

test('pictures are refused, since the model would not see them', async () => {
  const model = new LlamaCppModel({ modelPath: 'm.gguf', nodeLlamaCpp: engine([]) })
  const data = { type: 'url' as const, url: new URL('https://example.com/a.png') }
  const prompt: LanguageModelV4Prompt = [{ role: 'user', content: [{ type: 'file', mediaType: 'image/png', data }] }]

  await expect(partsOf(model, { prompt })).rejects.toThrow('pictures and files in prompts of a GGUF model')
})

test('two agents use a tool by way of a model in a file', async () => {
  const nodeLlamaCpp = engine([
    () => ({
      functionCalls: [{ functionName: 'double', params: { n: 21 } }],
      metadata: { stopReason: 'functionCalls' },
    }),
    says('It is 42. ', 'TERMINATE'),
  ])
  const model = new LlamaCppModel({ modelPath: 'm.gguf', nodeLlamaCpp })
  const double = tool({
    name: 'double',
    description: 'Doubles.',
    parameters: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
    execute: (input) => String((input as { n: number }).n * 2),
  })
  const assistant = new AssistantAgent({ name: 'assistant', llmConfig: { model } }).registerForLLM(double)
  const person = new UserProxyAgent({ name: 'person', humanInputMode: 'NEVER' }).registerForExecution(double)

  const { summary, usage } = await person.initiateChat(assistant, { message: 'Double 21.', maxTurns: 2 })

  expect(summary).toBe('It is 42. ')
  expect(usage).toMatchObject({ calls: 2, outputTokens: 4 })
})
