import {
  BudgetError,
  GroupChatManager,
  inlineRuntime,
  tool,
  type Budget,
  type ChatContext,
  type ChatResult,
} from 'conversable'
import { ScriptedModel, TapePlayer, TapeRecorder } from 'conversable/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { price, speaking, usage } from './paid-agents.ts'
import { collect, echo, lines, proxy } from './support.ts'

describe('a run that its budget ends', () => {
  test.each([0, 1, 2, 7])('makes %i calls and no more, and gives what there is by then', async (calls) => {
    const [a, b] = [speaking('a'), speaking('b')]
    const result = await a.agent.initiateChat(b.agent, { message: 'go', budget: { calls } })
    expect(a.model.requests.length + b.model.requests.length).toBe(calls)
    expect(result.chatHistory).toHaveLength(calls + 1)
    const agent = calls % 2 === 0 ? 'b' : 'a'
    expect(result.stopReason).toEqual({
      rule: 'budget',
      agent,
      turn: calls + 1,
      detail: `The budget of ${calls} calls is used up. Agent "${agent}" was about to ask "scripted/model".`,
    })
    expect(result.summary).toBe(calls === 0 ? 'go' : `${agent === 'a' ? 'b' : 'a'} ${Math.ceil(calls / 2)}`)
    expect(result.usage.calls).toBe(calls)
  })

  test('shows its end to whoever walks through the events, and throws nothing', async () => {
    const run = speaking('a').agent.initiateChat(speaking('b').agent, { message: 'go', budget: { calls: 1 } })
    const events = await collect(run)
    expect(events.at(-1)).toMatchObject({ type: 'chat-end', stopReason: { rule: 'budget', agent: 'a', turn: 2 } })
    expect(events.filter(({ type }) => type === 'model-call')).toHaveLength(1)
    expect((await run.outcome).stopReason.rule).toBe('budget')
  })

  test('can be gone on with, on a new budget', async () => {
    const [a, b] = [speaking('a').agent, speaking('b').agent]
    const first = await a.initiateChat(b, { message: 'go', budget: { calls: 2 } })
    const second = await a.initiateChat(b, {
      message: 'go on',
      budget: { calls: 2 },
      conversation: first.conversation,
    })
    expect([first, second].map(({ stopReason, usage: used }) => [stopReason.rule, used.calls])).toEqual([
      ['budget', 2],
      ['budget', 2],
    ])
    expect(second.chatHistory).toHaveLength(6)
  })

  test('is not ended by a budget that is just enough, also for a summary', async () => {
    const hold = (calls: number) =>
      speaking('a').agent.initiateChat(speaking('b').agent, {
        message: 'go',
        maxTurns: 2,
        summaryMethod: 'reflection_with_llm',
        budget: { calls },
      })
    expect((await hold(4)).stopReason.rule).toBe('max-turns')
    const short = await hold(3)
    expect(short.stopReason).toMatchObject({ rule: 'budget', agent: 'b', turn: 3 })
    // The chat itself was held to its end: its last message stands in for the summary.
    expect(short.summary).toBe('b 2')
    expect(short.chatHistory).toHaveLength(4)
  })

  test.each([
    ['last_msg', 'b 1'],
    ['reflection_with_llm', 'b 1'],
    [() => 'made by a function', 'b 1'],
    [null, ''],
  ] as const)('is summed up without asking anybody: %s', async (summaryMethod, summary) => {
    const result = await speaking('a').agent.initiateChat(speaking('b').agent, {
      message: 'go',
      summaryMethod,
      budget: { calls: 1 },
    })
    expect(result.summary).toBe(summary)
  })

  test('has no output, and says why', async () => {
    const result = await speaking('a').agent.initiateChat(speaking('b').agent, {
      message: 'go',
      maxTurns: 1,
      output: { schema: z.object({ answer: z.number() }) },
      budget: { calls: 1 },
    })
    expect(result.output).toBeUndefined()
    expect(result.stopReason.rule).toBe('budget')
  })

  test('leaves the chats of a row and of a graph that there were', async () => {
    const [a, b, c] = [speaking('a').agent, speaking('b').agent, speaking('c').agent]
    const row = [b, c, b].map((recipient) => ({ sender: a, recipient, message: 'go', maxTurns: 1 }))
    const inRow = await a.initiateChats(row, { budget: { calls: 1 } })
    expect(inRow.map(({ stopReason }) => stopReason.rule)).toEqual(['max-turns', 'budget'])
    const graph = row.map((chat, index) => ({ ...chat, chatId: index, prerequisites: index === 0 ? [] : [index - 1] }))
    const inGraph = await a.initiateChatGraph(graph, { budget: { calls: 2 } })
    expect([...inGraph].map(([id, { stopReason }]) => [id, stopReason.rule])).toEqual([
      [0, 'max-turns'],
      [1, 'max-turns'],
      [2, 'budget'],
    ])
  })

  test('rejects where there is no chat that could tell its end', async () => {
    await expect(speaking('a').agent.replyTo('hi', { budget: { calls: 0 } })).rejects.toBeInstanceOf(BudgetError)
  })
})

describe('a run with chats inside it', () => {
  type Inner = (parent: ChatContext) => PromiseLike<ChatResult>

  /** A user, an assistant whose tools hold chats, and two further agents; each chat speaks for ever. */
  function withTools(inner: Inner, swallow = false) {
    const results: string[] = []
    const ask = tool({
      name: 'ask',
      description: 'Asks others.',
      parameters: z.object({}),
      ownSteps: true,
      async execute(_args, context) {
        const result = await (swallow ? Promise.resolve(inner(context)).catch(() => undefined) : inner(context))
        results.push(result?.stopReason.rule ?? 'swallowed')
        return 'an answer'
      },
    })
    const calling = { toolCalls: [{ name: 'ask' }, { name: 'ask' }], usage }
    const model = new ScriptedModel(() => calling)
    const assistant = echo('assistant', '-', { llmConfig: { model, price, maxOutputTokens: 50 } })
    const user = proxy().registerForExecution(ask)
    assistant.registerForLLM(ask)
    const hold = (budget: Budget) => user.initiateChat(assistant, { message: 'go', noProgress: false, budget })
    return { hold, model, results }
  }

  test('ends with them: tools that hold chats do not go on with errors', async () => {
    const [a, b] = [speaking('a'), speaking('b')]
    const { hold, model, results } = withTools((parent) => a.agent.initiateChat(b.agent, { message: 'go', parent }))
    const run = hold({ calls: 9 })
    const events = await collect(run)
    const result = await run
    expect(result.stopReason).toMatchObject({ rule: 'budget', agent: 'user', turn: 2 })
    expect(model.requests.length + a.model.requests.length + b.model.requests.length).toBe(9)
    expect(model.requests).toHaveLength(1)
    // The inner chats were ended, too, and every call has its answer.
    expect(results).toEqual([])
    const ends = events.flatMap((event) => (event.type === 'chat-end' ? [event.stopReason.rule] : []))
    expect(ends).toEqual(['budget', 'budget', 'budget'])
    const answers = result.chatHistory.at(-1)?.toolResults ?? []
    expect(
      answers.map(({ isError, content }) => [isError, content.startsWith('Error: The budget of 9 calls')]),
    ).toEqual([
      [true, true],
      [true, true],
    ])
  })

  test('ends also where a tool keeps the error to itself', async () => {
    const [a, b] = [speaking('a'), speaking('b')]
    const { hold, model, results } = withTools(
      (parent) => a.agent.initiateChat(b.agent, { message: 'go', parent }),
      true,
    )
    const result = await hold({ calls: 5 })
    expect(results).toEqual(['swallowed', 'swallowed'])
    expect(result.stopReason).toMatchObject({ rule: 'budget', agent: 'user', turn: 2 })
    expect(model.requests).toHaveLength(1)
  })

  test('goes on where a chat inside has used up a smaller budget of its own', async () => {
    const [a, b] = [speaking('a'), speaking('b')]
    const inner: Inner = (parent) => a.agent.initiateChat(b.agent, { message: 'go', parent, budget: { calls: 2 } })
    const { hold, model, results } = withTools(inner)
    const result = await hold({ calls: 7 })
    expect(results).toEqual(['budget', 'budget'])
    // One request of the assistant and two for each chat; then another, and what is left of the budget for its chats.
    expect(model.requests).toHaveLength(2)
    expect(a.model.requests.length + b.model.requests.length).toBe(5)
    expect(result.stopReason).toMatchObject({ rule: 'budget', agent: 'user' })
  })

  test('counts nested chats, societies, selections and summaries, and tells whose turn it was', async () => {
    const selector = new ScriptedModel((_request, index) => ({ text: ['a', 'b'][index % 2] ?? 'a', usage }))
    const [a, b, critic] = [speaking('a'), speaking('b'), speaking('critic')]
    b.agent.registerNestedChats([{ recipient: critic.agent, maxTurns: 1, summaryMethod: 'reflection_with_llm' }], {
      trigger: 'manager',
    })
    const manager = new GroupChatManager({
      name: 'manager',
      llmConfig: { model: selector, price, maxOutputTokens: 50 },
      groupChat: { agents: [a.agent, b.agent, echo('c', 'c')], maxRound: 50, noProgress: false },
    })
    const models = [selector, a.model, b.model, critic.model]
    for (const calls of [1, 2, 3, 5, 8, 13]) {
      for (const model of models) model.requests.length = 0
      const result = await proxy().initiateChat(manager, { message: 'go', budget: { calls } })
      expect(models.reduce((sum, model) => sum + model.requests.length, 0)).toBe(calls)
      const { stopReason, usage: used, chatHistory } = result
      expect(stopReason.rule).toBe('budget')
      // The group has taken as many turns as it has messages, and the one that was cut off if it was an agent's.
      const isSelecting = stopReason.agent === 'manager'
      expect(stopReason.turn).toBe(chatHistory.length - (isSelecting ? 1 : 0))
      expect(used.calls).toBe(calls)
      expect(Object.values(used.byAgent).reduce((sum, one) => sum + one.calls, 0)).toBe(calls)
    }
  })

  test('ends as a whole when one of its parallel chats uses the last of it up', async () => {
    const [a, b, c] = [speaking('a'), speaking('b'), speaking('c')]
    const run = a.agent.initiateChatGraph(
      [
        { chatId: 'ab', recipient: b.agent, message: 'go' },
        { chatId: 'ac', recipient: c.agent, message: 'go' },
      ],
      { budget: { tokens: 3_000 } },
    )
    const results = await run
    expect([...results.values()].map(({ stopReason }) => stopReason.rule)).toEqual(['budget', 'budget'])
    expect(run.usage.inputTokens).toBeLessThanOrEqual(3_000)
  })
})

describe('time', () => {
  const never = () => new Promise<never>(() => {})

  test('ends a call that is under way', async () => {
    const model = new ScriptedModel([])
    model.doStream = never
    const run = echo('a', 'a').initiateChat(echo('b', '-', { llmConfig: { model } }), {
      message: 'go',
      budget: { timeMs: 20 },
    })
    const result = await run
    expect(lines(result.chatHistory)).toEqual(['a: go'])
    expect(result.stopReason).toEqual({ rule: 'budget', agent: 'b', turn: 1, detail: 'The budget of 20 ms is over.' })
    expect(run.usage).toMatchObject({ calls: 0, failedCalls: 1 })
  })

  test('ends tools, people and code that it waits for, and leaves a legal history', async () => {
    const wait = tool({ name: 'wait', description: 'Waits.', parameters: z.object({}), execute: never })
    const model = new ScriptedModel([{ toolCalls: [{ name: 'wait' }] }])
    const assistant = echo('assistant', '-', { llmConfig: { model } }).registerForLLM(wait)
    const inTool = await proxy()
      .registerForExecution(wait)
      .initiateChat(assistant, { message: 'go', budget: { timeMs: 20 } })
    expect(inTool.stopReason).toMatchObject({ rule: 'budget', agent: 'user', turn: 2 })
    expect(inTool.chatHistory.at(-1)?.toolResults).toHaveLength(1)
    const asked = await proxy({ humanInputMode: 'ALWAYS', humanInput: never }).initiateChat(echo('b', 'b'), {
      message: 'go',
      budget: { timeMs: 20 },
    })
    expect(asked.stopReason).toMatchObject({ rule: 'budget', agent: 'user' })
  })

  test('is that of the runtime', async () => {
    let now = 0
    const { agent, model } = speaking('b')
    const clocked = echo('a', 'a').registerReply(undefined, () => {
      now += 400
      return undefined
    })
    const result = await clocked.initiateChat(agent, {
      message: 'go',
      noProgress: false,
      runtime: { ...inlineRuntime, now: () => now },
      budget: { timeMs: 1_000 },
    })
    // Asked at 0, 400 and 800.
    expect(model.requests).toHaveLength(3)
    expect(result.stopReason).toMatchObject({ rule: 'budget', detail: 'The budget of 1000 ms is over.' })
  })

  test('of 0 ends a run before it has said anything, and so does not the time of a run that is over', async () => {
    const hold = (timeMs: number) =>
      echo('a', 'a').initiateChat(echo('b', 'b'), { message: 'go', maxTurns: 1, budget: { timeMs } })
    expect(await hold(0)).toMatchObject({ chatHistory: [], stopReason: { rule: 'budget', agent: 'a', turn: 0 } })
    expect((await hold(2 ** 40)).stopReason.rule).toBe('max-turns')
  })

  test('of a chat inside ends that chat alone', async () => {
    const model = new ScriptedModel([])
    model.doStream = never
    const slow = echo('slow', '-', { llmConfig: { model } })
    const holder = echo('holder', '-').registerReply(undefined, async (turn) => {
      const inner = await echo('a', 'a').initiateChat(slow, { message: 'go', parent: turn, budget: { timeMs: 20 } })
      return { message: `the inner chat: ${inner.stopReason.rule}` }
    })
    const result = await echo('user', '-').initiateChat(holder, {
      message: 'go',
      maxTurns: 1,
      budget: { timeMs: 60_000 },
    })
    expect(result).toMatchObject({ summary: 'the inner chat: budget', stopReason: { rule: 'max-turns' } })
  })
})

test('a run that is cancelled says that, whatever its budget', async () => {
  const controller = new AbortController()
  const model = new ScriptedModel([])
  model.doStream = () => new Promise(() => {})
  const run = echo('a', 'a').initiateChat(echo('b', '-', { llmConfig: { model } }), {
    message: 'go',
    signal: controller.signal,
    budget: { calls: 1, timeMs: 60_000 },
  })
  await new Promise((resolve) => setTimeout(resolve, 5))
  controller.abort(new Error('enough'))
  await expect(run).rejects.toThrow('enough')
  expect((await run.outcome).stopReason.rule).toBe('aborted')
})

test('a run from a tape ends by its budget where the recorded one did', async () => {
  const hold = (runtime: TapeRecorder | TapePlayer) =>
    speaking('a').agent.initiateChat(speaking('b').agent, { message: 'go', runtime, budget: { calls: 3 } })
  const recorder = new TapeRecorder()
  const recorded = await hold(recorder)
  const player = new TapePlayer(recorder.text())
  const played = await hold(player)
  player.assertUsedUp()
  expect(recorded.stopReason).toMatchObject({ rule: 'budget', agent: 'a', turn: 4 })
  expect(JSON.stringify(played)).toBe(JSON.stringify(recorded))
})
