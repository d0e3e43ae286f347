import { APICallError, type LanguageModelV4 } from '@ai-sdk/provider'
import { BudgetError, GroupChatManager, initiateChats, type ConversableAgent } from 'conversable'
import { ScriptedModel, type ScriptedTurn } from 'conversable/testing'
import { describe, expect, test } from 'vitest'
import { price, speaking, usage } from './paid-agents.ts'
import { collect, echo, proxy } from './support.ts'

describe('a request', () => {
  test('is allowed no longer an answer than the budget pays for', async () => {
    const { agent, model } = speaking('b')
    const result = await echo('a', 'a').initiateChat(agent, { message: 'go', maxTurns: 6, budget: { tokens: 350 } })
    // The most that a question may take is a bound; what it took in the end comes back.
    const lengths = model.requests.map(({ maxOutputTokens }) => maxOutputTokens)
    expect(lengths[0]).toBe(50)
    expect(lengths.every((length = 0) => length >= 16 && length <= 50)).toBe(true)
    expect(result.stopReason).toMatchObject({ rule: 'budget', agent: 'b' })
    expect(result.usage.inputTokens).toBe(100 * lengths.length)
  })

  test('has no limit of its own where only calls and time are limited', async () => {
    const model = new ScriptedModel(['hi', 'hi'])
    const agent = echo('b', '-', { llmConfig: { model } })
    await echo('a', 'a').initiateChat(agent, { message: 'go', maxTurns: 1, budget: { calls: 5, timeMs: 60_000 } })
    await echo('a', 'a').initiateChat(agent, { message: 'go', maxTurns: 1, budget: { tokens: 50_000 } })
    expect(model.requests.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([undefined, 4_096])
  })

  test('counts the thoughts that come on top of an answer', async () => {
    const model = new ScriptedModel(['hi'])
    const thinking = { anthropic: { thinking: { type: 'enabled', budgetTokens: 5_000 } } }
    const agent = echo('b', '-', { llmConfig: { model, maxOutputTokens: 50, providerOptions: thinking } })
    const hold = (tokens: number) =>
      echo('a', 'a').initiateChat(agent, { message: 'go', maxTurns: 1, budget: { tokens } })
    expect((await hold(5_000)).stopReason.rule).toBe('budget')
    expect((await hold(6_000)).stopReason.rule).toBe('max-turns')
  })

  test.each<[string, Error | undefined, number]>([
    [
      'was refused used nothing',
      new APICallError({ message: 'busy', url: '', requestBodyValues: {}, statusCode: 503 }),
      2,
    ],
    [
      'failed without a word of the provider counts as the most that it may have used',
      new TypeError('fetch failed'),
      1,
    ],
    ['broke off counts so, too', undefined, 1],
  ])('that %s', async (_what, error, requests) => {
    const failing: ScriptedTurn = error ? { error } : { text: 'half', breakAfterText: true }
    const model = new ScriptedModel([failing, { text: 'hi', usage }])
    const agent = echo('b', '-', { llmConfig: { model, price, maxOutputTokens: 300, retry: false } })
    // After a failure the chat is taken up again inside of the same run.
    const holder = echo('holder', '-').registerReply(undefined, async (turn) => {
      const hold = () => echo('a', 'a').initiateChat(agent, { message: 'go', maxTurns: 1, parent: turn })
      await hold().catch((reason: unknown) => expect(reason).not.toBeInstanceOf(BudgetError))
      return { message: (await hold()).summary }
    })
    const result = await echo('user', '-').initiateChat(holder, { message: 'go', maxTurns: 1, budget: { tokens: 480 } })
    expect(model.requests).toHaveLength(requests)
    expect(result.stopReason.rule).toBe(requests === 2 ? 'max-turns' : 'budget')
  })

  test('is paid for at every attempt', async () => {
    const busy = { error: 'busy', status: 503 }
    const model = new ScriptedModel([busy, busy, { text: 'hi', usage }])
    const llmConfig = { model, retry: { maxRetries: 5, initialDelayMs: 1 } }
    const hold = () =>
      echo('a', 'a').initiateChat(echo('b', '-', { llmConfig }), { message: 'go', maxTurns: 1, budget: { calls: 2 } })
    const result = await hold()
    expect(model.requests).toHaveLength(2)
    expect(result).toMatchObject({ stopReason: { rule: 'budget', agent: 'b' }, usage: { calls: 0, failedCalls: 2 } })
  })

  test('to the next model of a list is not made when the budget is used up', async () => {
    const [first, second] = [new ScriptedModel([{ error: 'no key', status: 401 }]), new ScriptedModel(['hi'])]
    const agent = echo('b', '-', { llmConfig: { model: [first, second] } })
    const result = await echo('a', 'a').initiateChat(agent, { message: 'go', maxTurns: 1, budget: { calls: 1 } })
    expect([first.requests.length, second.requests.length]).toEqual([1, 0])
    expect(result.stopReason.rule).toBe('budget')
  })
})

describe('a price', () => {
  const unpriced = () => echo('b', '-', { llmConfig: { model: new ScriptedModel(['hi']) } })

  test('that nobody knows keeps a run with a budget in US dollars from beginning', async () => {
    const message =
      'The budget is in US dollars, and nobody knows what the model "scripted/model" of agent "b" costs. Give its llmConfig ' +
      'a price, as in price: { input: 1.25, output: 10 }, in dollars for a million tokens, give the run prices, or install ' +
      '@pydantic/genai-prices.'
    const budget = { costUsd: 1 }
    const outside = { sender: unpriced(), recipient: echo('a', 'a'), message: 'go' }
    const group = new GroupChatManager({
      groupChat: { agents: [echo('x', 'x'), unpriced()], speakerSelectionMethod: 'round_robin' },
    })
    const runs = [
      echo('a', 'a').initiateChat(unpriced(), { message: 'go', budget }),
      initiateChats([{ sender: echo('c', 'c'), recipient: echo('d', 'd'), message: 'go', maxTurns: 1 }, outside], {
        budget,
      }),
      echo('a', 'a').initiateChat(group, { message: 'go', budget }),
      unpriced().replyTo('go', { budget }),
    ]
    for (const run of runs) {
      const events = await collect(run).catch((error: unknown) => error)
      expect(events).toMatchObject({ name: 'ConfigurationError', code: 'unknown-price', message })
    }
  })

  test('that nobody knows is found out at the first use, where the agent was not known before', async () => {
    const hidden = unpriced()
    const holder = echo('holder', '-').registerNestedChats([{ recipient: hidden, maxTurns: 1 }], { trigger: 'user' })
    const run = proxy().initiateChat(holder, { message: 'go', maxTurns: 1, budget: { costUsd: 1 } })
    await expect(run).rejects.toMatchObject({ code: 'unknown-price' })
    expect((await run.outcome).chatHistory).toHaveLength(1)
  })

  test('of the run, of the table or of an entry of a list is one', async () => {
    const hold = (agent: ConversableAgent, prices?: () => typeof price) =>
      echo('a', 'a').initiateChat(agent, {
        message: 'go',
        maxTurns: 1,
        budget: { costUsd: 1 },
        ...(prices && { prices }),
      })
    expect((await hold(unpriced(), () => price)).usage.costUsd).toBeGreaterThan(0)
    const model = new ScriptedModel(['hi'])
    const known: LanguageModelV4 = {
      specificationVersion: 'v4',
      provider: 'openai.chat',
      modelId: 'gpt-5',
      supportedUrls: {},
      doGenerate: () => model.doGenerate(),
      doStream: (options) => model.doStream(options),
    }
    expect((await hold(echo('b', '-', { llmConfig: { model: known } }))).usage.costUsd).toBeGreaterThan(0)
    const listed = echo('b', '-', { llmConfig: { model: [{ model: new ScriptedModel(['hi']), price }] } })
    expect((await hold(listed)).usage.costUsd).toBeGreaterThan(0)
  })
})
