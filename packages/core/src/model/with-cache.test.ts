import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import type { ModelEvent } from '../event.ts'
import type { ModelCache } from '../ports/model-cache.ts'
import { ScriptedModel, type Script } from '../testing/scripted-model.ts'
import { MemoryCache } from './memory-cache.ts'
import { withCache } from './with-cache.ts'

const asking = (text: string): LanguageModelV4CallOptions => ({
  prompt: [{ role: 'user', content: [{ type: 'text', text }] }],
})
const hello = asking('Hello?')
const one = (script: Script, modelId = 'm'): ScriptedModel => new ScriptedModel(script, { modelId })

async function partsFrom(model: LanguageModelV4, options = hello): Promise<LanguageModelV4StreamPart[]> {
  const { stream } = await model.doStream(options)
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

async function textFrom(model: LanguageModelV4, options = hello): Promise<string> {
  return (await partsFrom(model, options)).map((part) => (part.type === 'text-delta' ? part.delta : '')).join('')
}

test('a question is asked once, and its answer comes again part by part', async () => {
  const calls = [{ id: 'c1', name: 'add', arguments: { a: 1 } }]
  const model = one([{ reasoning: 'hm', text: 'one two', toolCalls: calls }])
  const cached = withCache(model, new MemoryCache())
  const first = await partsFrom(cached)
  expect(await partsFrom(cached)).toEqual(first)
  expect(first.filter(({ type }) => type === 'text-delta')).toHaveLength(2)
  model.assertUsedUp()
})

describe('a question is another one', () => {
  const conversable = { agent: 'a', purpose: 'reply' }
  test.each<[string, LanguageModelV4CallOptions, LanguageModelV4CallOptions, boolean]>([
    ['with other words', hello, asking('Hi?'), true],
    ['at another temperature', hello, { ...hello, temperature: 0 }, true],
    ['with a tool', hello, { ...hello, tools: [{ type: 'function', name: 't', inputSchema: {} }] }, true],
    ['with options for a provider', hello, { ...hello, providerOptions: { openai: { store: false } } }, true],
    ['but not with other headers', hello, { ...hello, headers: { authorization: 'Bearer x' } }, false],
    ['but not with a signal', hello, { ...hello, abortSignal: new AbortController().signal }, false],
    ['but not from another agent', hello, { ...hello, providerOptions: { conversable } }, false],
    ['but not in another order', { ...hello, topP: 1, seed: 2 }, { seed: 2, ...hello, topP: 1 }, false],
  ])('%s', async (_how, first, second, isOther) => {
    const model = one(['one', 'two'])
    const cached = withCache(model, new MemoryCache())
    await textFrom(cached, first)
    expect(await textFrom(cached, second)).toBe(isOther ? 'two' : 'one')
  })

  test('of another seed, another model, or at another address', async () => {
    const store = new MemoryCache()
    const seeded = (seed: number | string): ModelCache => ({
      seed,
      pending: new Map(),
      get: (key) => store.get(key),
      set: (key, answer) => store.set(key, answer),
    })
    const at = (endpoint: string, says: string): ScriptedModel => Object.assign(one([says]), { endpoint })
    expect(await textFrom(withCache(one(['one']), seeded(1)))).toBe('one')
    expect(await textFrom(withCache(one(['two']), seeded(2)))).toBe('two')
    expect(await textFrom(withCache(one(['text']), seeded('1')))).toBe('text')
    expect(await textFrom(withCache(one(['other'], 'n'), seeded(1)))).toBe('other')
    expect(await textFrom(withCache(at('http://a', 'from a'), seeded(1)))).toBe('from a')
    expect(await textFrom(withCache(at('http://b', 'from b'), seeded(1)))).toBe('from b')
    expect(await textFrom(withCache(one([]), seeded(1)))).toBe('one')
  })
})

test('calls under way are shared', async () => {
  const model = one([{ text: 'one', delayMs: 20 }])
  const cached = withCache(model, new MemoryCache())
  expect(await Promise.all([textFrom(cached), textFrom(cached), textFrom(cached)])).toEqual(['one', 'one', 'one'])
  expect(model.requests).toHaveLength(1)
})

test('whoever waits asks for himself when the one under way is given up', async () => {
  const controller = new AbortController()
  const model = one([{ text: 'late', delayMs: 60_000 }, 'two'])
  const cache = new MemoryCache()
  const cached = withCache(model, cache)
  const first = textFrom(cached, { ...hello, abortSignal: controller.signal })
  await expect.poll(() => model.requests).toHaveLength(1)
  const second = textFrom(cached)
  setTimeout(() => controller.abort('enough'), 5)
  await expect(first).rejects.toBe('enough')
  expect(await second).toBe('two')
  expect(cache.pending.size).toBe(0)
})

test('whoever waits can give up alone', async () => {
  const controller = new AbortController()
  const model = one([{ text: 'one', delayMs: 100 }])
  const cached = withCache(model, new MemoryCache())
  const first = textFrom(cached)
  await expect.poll(() => model.requests).toHaveLength(1)
  const second = textFrom(cached, { ...hello, abortSignal: controller.signal })
  setTimeout(() => controller.abort('enough'), 5)
  await expect(second).rejects.toBe('enough')
  expect(await first).toBe('one')
})

test.each<[string, Script]>([
  ['was refused', [{ error: 'busy', status: 503 }, 'two']],
  ['broke in the middle', [{ text: 'Once', breakAfterText: true }, 'two']],
])('an answer that %s is not kept', async (_how, script) => {
  const events: ModelEvent[] = []
  const cached = withCache(one(script), new MemoryCache(), { onEvent: (event) => void events.push(event) })
  // A break is one of the parts of the stream; a refusal is thrown.
  await partsFrom(cached).catch(() => {})
  expect(await textFrom(cached)).toBe('two')
  expect(events).toEqual([])
})

test('an answer that nobody read to its end is not kept', async () => {
  const cache = new MemoryCache()
  const cached = withCache(one(['one two three', 'two']), cache)
  const reader = (await cached.doStream(hello)).stream.getReader()
  await reader.read()
  await reader.cancel()
  expect(cache.pending.size).toBe(0)
  expect(await textFrom(cached)).toBe('two')
})

describe('what stands in the store is only data', () => {
  const entry = (parts: readonly unknown[], more: object = {}): string =>
    JSON.stringify({ version: 1, model: 'scripted/m', parts, ...more })
  const finish = { type: 'finish', finishReason: { unified: 'stop' }, usage: { inputTokens: {}, outputTokens: {} } }
  const word = { type: 'text-delta', id: '1', delta: 'kept' }

  async function answered(text: string): Promise<{ text: string; events: ModelEvent[] }> {
    const events: ModelEvent[] = []
    const cache: ModelCache = { seed: 1, pending: new Map(), get: () => text, set: () => {} }
    const cached = withCache(one(['asked']), cache, { onEvent: (event) => void events.push(event) })
    return { text: await textFrom(cached), events }
  }

  test('a whole entry is used, and said so', async () => {
    expect(await answered(entry([word, finish]))).toEqual({
      text: 'kept',
      events: [{ type: 'cache-hit', model: 'scripted/m' }],
    })
  })

  test.each([
    ['that is cut', entry([word, finish]).slice(0, -9)],
    ['that is empty', ''],
    ['that is a list', '[]'],
    ['of another version', entry([word, finish], { version: 2 })],
    ['without a model', entry([word, finish], { model: 7 })],
    ['without an end', entry([word])],
    ['without usage', entry([word, { ...finish, usage: null }])],
    [
      'with counts that are no numbers',
      entry([{ ...finish, usage: { inputTokens: { total: '1' }, outputTokens: {} } }]),
    ],
    ['with words that are none', entry([{ type: 'text-delta', id: '1', delta: { a: 1 } }, finish])],
    ['with a call without a name', entry([{ type: 'tool-call', toolCallId: '1', input: '{}' }, finish])],
    ['with an error', entry([{ type: 'error', error: 'x' }, finish])],
    ['with a part of no known type', entry([{ type: '__proto__' }, finish])],
    ['of great depth', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('an entry %s is a miss', async (_what, text) => {
    const { text: said, events } = await answered(text)
    expect(said).toBe('asked')
    expect(events).toEqual([{ type: 'cache-failure', problem: 'An entry cannot be read. The model is asked again.' }])
  })

  test('keys that mean something to JavaScript travel as data', async () => {
    const polluting = `{"version":1,"model":"scripted/m","parts":[{"type":"text-delta","id":"1","delta":"kept","providerMetadata":{"__proto__":{"polluted":true}}},${JSON.stringify(finish)}]}`
    expect((await answered(polluting)).text).toBe('kept')
    expect('polluted' in {}).toBe(false)
  })
})

test('a store that fails is an event, and the model is asked', async () => {
  const events: ModelEvent[] = []
  const fail = (): never => {
    throw new Error('disk gone')
  }
  const cache: ModelCache = { seed: 1, pending: new Map(), get: fail, set: async () => fail() }
  const cached = withCache(one(['one']), cache, { onEvent: (event) => void events.push(event) })
  expect(await textFrom(cached)).toBe('one')
  expect(events).toEqual([
    { type: 'cache-failure', problem: 'Reading failed: Error: disk gone' },
    { type: 'cache-failure', problem: 'Writing failed: Error: disk gone' },
  ])
  expect(cache.pending.size).toBe(0)
})

test('a cache in memory lets go of the answer that was not used for longest', async () => {
  const cache = new MemoryCache({ maxEntries: 2 })
  cache.set('a', '1')
  cache.set('b', '2')
  cache.get('a')
  cache.set('c', '3')
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['1', undefined, '3'])
})
