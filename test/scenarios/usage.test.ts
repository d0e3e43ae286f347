import { GroupChatManager, inlineRuntime, MemoryCache, type ChatEvent, type EventOf } from 'conversable'
import { ScriptedModel, TapePlayer, TapeRecorder } from 'conversable/testing'
import { expect, test } from 'vitest'
import { collect, echo, lines, proxy, scripted } from './support.ts'

const price = { input: 1, output: 10 }
const usage = { inputTokens: 1_000, outputTokens: 100 }

function priced(name: string, texts: readonly string[]) {
  const model = new ScriptedModel(texts.map((text) => ({ text, usage })))
  return echo(name, '-', { llmConfig: { model, price } })
}

function ends(events: readonly ChatEvent[]): EventOf<'model-end'>[] {
  return events.filter((event) => event.type === 'model-end')
}

test('each model call says who asked which model for what, what it used, cost, and how long it took', async () => {
  let clock = 0
  const run = proxy().initiateChat(priced('writer', ['A story.', 'A short story.']), {
    message: 'A story, please.',
    maxTurns: 1,
    summaryMethod: 'reflection_with_llm',
    runtime: { ...inlineRuntime, uuid: () => 'chat-1', now: () => (clock += 7) },
  })
  const events = await collect(run)
  const told = {
    model: 'scripted/model',
    agent: 'writer',
    attempt: 1,
    durationMs: 7,
    finishReason: 'stop',
    usage: {
      calls: 1,
      failedCalls: 0,
      inputTokens: 1_000,
      outputTokens: 100,
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
      costUsd: 0.002,
    },
  }
  expect(ends(events)).toMatchObject([
    { ...told, purpose: 'reply', step: 'chat-1/1/writer.model', path: ['writer'] },
    { ...told, purpose: 'summary', step: 'chat-1/2/writer.summary', path: [] },
  ])
  const starts = events.filter((event) => event.type === 'model-call')
  expect(starts.map(({ step, attempt }) => [step, attempt])).toEqual(
    ends(events).map(({ step, attempt }) => [step, attempt]),
  )
})

test('usage is told by call, agent, chat and run, and the figures agree', async () => {
  const writer = priced('writer', ['one', 'two'])
  const critic = priced('critic', ['three'])
  const run = proxy().initiateChats([
    { recipient: writer, message: 'go', maxTurns: 2 },
    { recipient: critic, message: 'go', maxTurns: 1 },
  ])
  const costs = ends(await collect(run)).map((event) => event.usage?.costUsd)
  const [first, second] = await run
  expect(costs).toEqual([0.002, 0.002, 0.002])
  expect([first?.usage.costUsd, second?.usage.costUsd]).toEqual([0.004, 0.002])
  expect(run.usage).toMatchObject({
    calls: 3,
    inputTokens: 3_000,
    costUsd: 0.006,
    byAgent: { writer: { calls: 2, costUsd: 0.004 }, critic: { calls: 1, costUsd: 0.002 } },
    byModel: { 'scripted/model': { calls: 3 } },
  })
  expect(run.usage.fromCache).toBeUndefined()
})

test('a run inside another one tells its own usage, and the outer one all of it', async () => {
  let inner: number | undefined
  const holder = priced('holder', ['from the model']).registerReply(
    undefined,
    async (turn) => {
      const run = echo('a', 'a').initiateChat(priced('b', ['b']), { message: 'go', maxTurns: 1, parent: turn })
      await run
      inner = run.usage.calls
      return undefined
    },
    { position: 'beforeModel' },
  )
  const run = echo('outer', '-').initiateChat(holder, { message: 'go', maxTurns: 1 })
  await run
  expect([inner, run.usage.calls]).toEqual([1, 2])
})

test('the prices of a run are for models that have none of their own, and what they do not know stays unknown', async () => {
  const model = new ScriptedModel([{ text: 'one', usage }], { modelId: 'known' })
  const hold = (modelId: string) =>
    proxy().initiateChat(
      echo('a', '-', { llmConfig: { model: new ScriptedModel([{ text: 'hi', usage }], { modelId }) } }),
      {
        message: 'go',
        maxTurns: 1,
        prices: (asked) => (asked.provider === model.provider && asked.modelId === 'known' ? price : undefined),
      },
    )
  expect((await hold('known')).usage.costUsd).toBe(0.002)
  expect((await hold('unknown')).usage.costUsd).toBeUndefined()
})

test('a failed call is seen and counted, and a person can go on', async () => {
  const { agent } = scripted('assistant', [{ error: 'bad', status: 400 }])
  const run = proxy().initiateChat(agent, { message: 'hi' })
  const events: ChatEvent[] = []
  run.subscribe((event) => events.push(event))
  const { usage: counted, chatHistory } = await run.outcome.catch(() => expect.fail('There is an outcome.'))
  expect(lines(chatHistory)).toEqual(['user: hi'])
  expect(ends(events)).toMatchObject([
    { agent: 'assistant', attempt: 1, problem: 'Model "scripted/model" failed with status 400: bad' },
  ])
  expect(counted).toMatchObject({
    calls: 0,
    failedCalls: 1,
    inputTokens: 0,
    byAgent: { assistant: { failedCalls: 1 } },
  })
})

test('retries are seen, what was refused used nothing, and what broke off makes the usage unknown', async () => {
  const refused = { error: 'busy', status: 429 }
  const hold = (script: ConstructorParameters<typeof ScriptedModel>[0]) =>
    proxy().initiateChat(
      echo('a', '-', { llmConfig: { model: new ScriptedModel(script), price, retry: { initialDelayMs: 1 } } }),
      { message: 'go', maxTurns: 1 },
    )
  const run = hold([refused, refused, { text: 'hi', usage }])
  expect(ends(await collect(run)).map(({ attempt, problem }) => [attempt, problem])).toEqual([
    [1, 'Model "scripted/model" failed with status 429: busy'],
    [2, 'Model "scripted/model" failed with status 429: busy'],
    [3, undefined],
  ])
  expect(run.usage).toMatchObject({ calls: 1, failedCalls: 2, inputTokens: 1_000, costUsd: 0.002 })
  const broken = hold([{ text: 'half', breakAfterText: true }])
  await expect(broken).rejects.toThrow('the connection broke')
  expect(broken.usage).toMatchObject({ calls: 0, failedCalls: 1, inputTokens: undefined, costUsd: undefined })
  expect(broken.usage.byAgent['a']).toMatchObject({ failedCalls: 1, outputTokens: undefined })
})

test('each model of a list has its own price, also those whose answers a filter turned down', async () => {
  const small = new ScriptedModel([{ text: 'bad', usage }], { modelId: 'small' })
  const large = new ScriptedModel([{ text: 'good', usage }], { modelId: 'large' })
  const llmConfig = {
    model: [{ model: small, price: { input: 1, output: 1 } }, large],
    price,
    filter: ({ response }: { readonly response: { readonly text: string | undefined } }) => response.text === 'good',
  }
  const run = proxy().initiateChat(echo('a', '-', { llmConfig }), { message: 'go', maxTurns: 1 })
  const seen = ends(await collect(run))
  expect(seen.map(({ model, attempt, usage: used }) => [model, attempt, used?.costUsd])).toEqual([
    ['scripted/small', 1, 0.0011],
    ['scripted/large', 2, 0.002],
  ])
  const { byModel } = run.usage
  expect(run.usage.calls).toBe(2)
  expect([byModel['scripted/small']?.costUsd, byModel['scripted/large']?.costUsd]).toEqual([0.0011, 0.002])
})

test('what comes from a cache is counted apart, with the price that was not paid again', async () => {
  const cache = new MemoryCache()
  const agent = echo('a', '-', { llmConfig: { model: new ScriptedModel([{ text: 'hi', usage }]), price, cache } })
  const hold = () => proxy().initiateChat(agent, { message: 'go', maxTurns: 1 })
  const first = await hold()
  const again = hold()
  const events = await collect(again)
  const second = await again
  expect(first.usage).toMatchObject({ calls: 1, costUsd: 0.002 })
  expect(first.usage.fromCache).toBeUndefined()
  expect(second.usage).toMatchObject({
    calls: 0,
    costUsd: 0,
    byAgent: {},
    fromCache: { calls: 1, costUsd: 0.002, byAgent: { a: { inputTokens: 1_000 } } },
  })
  expect(events.filter(({ type }) => type === 'model-call' || type === 'model-end')).toEqual([])
})

test('a run from a tape has the usage of the recorded one, failed attempts included', async () => {
  const hold = (runtime: TapeRecorder | TapePlayer, script: ConstructorParameters<typeof ScriptedModel>[0]) =>
    proxy().initiateChat(
      echo('a', '-', { llmConfig: { model: new ScriptedModel(script), price, retry: { initialDelayMs: 1 } } }),
      { message: 'go', maxTurns: 1, runtime },
    )
  const recorder = new TapeRecorder()
  const recorded = await hold(recorder, [
    { error: 'busy', status: 429 },
    { text: 'hi', usage },
  ])
  const played = await hold(new TapePlayer(recorder.text()), [])
  expect(recorded.usage).toMatchObject({ calls: 1, failedCalls: 1, costUsd: 0.002 })
  expect(played.usage).toEqual(recorded.usage)
})

test('a selector counts as its manager', async () => {
  const manager = new GroupChatManager({
    llmConfig: { model: new ScriptedModel([{ text: 'b', usage }]), price },
    groupChat: { agents: [echo('a', 'a'), echo('b', 'b'), echo('c', 'c')], maxRound: 2 },
  })
  const events = await collect(proxy().initiateChat(manager, { message: 'go' }))
  expect(ends(events)).toMatchObject([{ agent: 'chat_manager', purpose: 'select-speaker', usage: { costUsd: 0.002 } }])
})
