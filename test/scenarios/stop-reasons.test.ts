import { tool, type ChatContext, type ChatResult, type ChatRun } from 'conversable'
import { scriptedPerson } from 'conversable/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { echo, lines, proxy, scripted } from './support.ts'

type Hold = (parent?: ChatContext) => ChatRun<ChatResult>

/** Holds a chat inside `depth` replies and gives its result: the innermost chat's. */
async function heldAt(depth: number, hold: Hold): Promise<ChatResult> {
  if (depth === 0) return hold()
  let innermost: ChatResult | undefined
  const level = (left: number, parent?: ChatContext): ChatRun<ChatResult> => {
    const outer = echo(`outer${left}`, '-')
    const holder = echo(`holder${left}`, '-').registerReply(undefined, async (turn) => {
      const result = await (left === 1 ? hold(turn) : level(left - 1, turn))
      if (left === 1) innermost = result
      return { message: result.summary }
    })
    return outer.initiateChat(holder, { message: 'go', maxTurns: 1, ...(parent && { parent }) })
  }
  await level(depth)
  if (!innermost) throw new Error('The innermost chat was not held.')
  return innermost
}

describe.each([0, 1, 2])('%i levels down', (depth) => {
  test.each([0, 1, 2, 50])('maxTurns %i is that many messages of each side', async (maxTurns) => {
    const result = await heldAt(depth, (parent) =>
      echo('a', 'a').initiateChat(echo('b', 'b'), {
        message: 'hi',
        maxTurns,
        noProgress: false,
        ...(parent && { parent }),
      }),
    )
    expect(result.chatHistory.filter((message) => message.name === 'a')).toHaveLength(maxTurns)
    expect(result.chatHistory.filter((message) => message.name === 'b')).toHaveLength(maxTurns)
    expect(result.stopReason).toEqual({
      rule: 'max-turns',
      agent: maxTurns === 0 ? 'a' : 'b',
      turn: Math.max(0, 2 * maxTurns - 1),
    })
  })

  test.each([0, 1, 2, 50])(
    'a limit of %i automatic replies is that many, and the opening message is free',
    async (limit) => {
      const result = await heldAt(depth, (parent) =>
        echo('a', 'a', { maxConsecutiveAutoReply: limit }).initiateChat(echo('b', 'b'), {
          message: 'hi',
          noProgress: false,
          ...(parent && { parent }),
        }),
      )
      expect(result.chatHistory.filter((message) => message.name === 'a')).toHaveLength(limit + 1)
      expect(result.chatHistory.filter((message) => message.name === 'b')).toHaveLength(limit + 1)
      expect(result.stopReason).toEqual({ rule: 'max-auto-reply', agent: 'a', turn: 2 * limit + 2 })
    },
  )

  test.each([0, 1, 2, 50])('a limit of %i on the side of the recipient counts as exactly', async (limit) => {
    const result = await heldAt(depth, (parent) =>
      echo('a', 'a').initiateChat(echo('b', 'b', { maxConsecutiveAutoReply: limit }), {
        message: 'hi',
        noProgress: false,
        ...(parent && { parent }),
      }),
    )
    expect(result.chatHistory.filter((message) => message.name === 'b')).toHaveLength(limit)
    expect(result.stopReason).toMatchObject({ rule: 'max-auto-reply', agent: 'b' })
  })
})

describe('nested chats and chats in a row', () => {
  test.each([0, 1, 2, 50])('a nested chat of maxTurns %i has that many turns', async (maxTurns) => {
    const said: string[] = []
    const critic = echo('critic', 'c')
    const writer = echo('writer', 'w').registerNestedChats(
      [{ recipient: critic, message: 'review', maxTurns, noProgress: false }],
      {
        trigger: 'user',
      },
    )
    const run = proxy().initiateChat(writer, { message: 'write', maxTurns: 1 })
    run.subscribe((event) => {
      if (event.type === 'message' && event.path[0] === 'writer' && event.path.length === 2)
        said.push(event.message.name)
    })
    await run
    expect(said.filter((name) => name === 'critic')).toHaveLength(maxTurns)
    expect(said.filter((name) => name === 'writer')).toHaveLength(maxTurns)
  })

  test('every chat of a row has a reason of its own', async () => {
    const results = await echo('a', 'a').initiateChats([
      { recipient: echo('b', 'b'), message: 'one', maxTurns: 2 },
      { recipient: echo('c', 'c', { isTerminationMsg: () => true }), message: 'two' },
    ])
    expect(results.map((result) => result.stopReason)).toEqual([
      { rule: 'max-turns', agent: 'b', turn: 3 },
      { rule: 'termination', agent: 'c', turn: 1 },
    ])
  })
})

test('the ending word inside a longer text does not end a chat by the default rule', async () => {
  const result = await echo('a', 'a').initiateChat(echo('b', 'I was told to say "TERMINATE" at the end.'), {
    message: 'hi',
    maxTurns: 3,
  })
  expect(result.stopReason).toEqual({ rule: 'max-turns', agent: 'b', turn: 5 })
})

test('the ending word alone ends a chat by the default rule', async () => {
  const result = await echo('a', 'a').initiateChat(echo('b', 'TERMINATE'), { message: 'hi' })
  expect(result.stopReason).toEqual({ rule: 'termination', agent: 'a', turn: 2 })
})

test('a tool that ends the chat does, after its result was sent', async () => {
  const { agent, model } = scripted('assistant', [{ toolCalls: [{ name: 'hand_in', arguments: { answer: '42' } }] }])
  const handIn = tool({
    name: 'hand_in',
    description: 'Hands the answer in.',
    parameters: z.object({ answer: z.string() }),
    endsChat: true,
    execute: ({ answer }) => `received ${answer}`,
  })
  agent.registerForLLM(handIn)
  const result = await proxy().registerForExecution(handIn).initiateChat(agent, { message: 'What is it?' })
  expect(lines(result.chatHistory)).toEqual(['user: What is it?', 'assistant: ', 'user: received 42'])
  expect(result.stopReason).toEqual({ rule: 'stop-tool', agent: 'user', turn: 2 })
  model.assertUsedUp()
})

test('a tool that should end the chat but fails does not', async () => {
  const { agent } = scripted('assistant', [{ toolCalls: [{ name: 'hand_in', arguments: {} }] }, 'TERMINATE'])
  const handIn = tool({
    name: 'hand_in',
    description: 'Hands the answer in.',
    parameters: z.object({ answer: z.string() }),
    endsChat: true,
    execute: () => 'received',
  })
  agent.registerForLLM(handIn)
  const result = await proxy().registerForExecution(handIn).initiateChat(agent, { message: 'What is it?' })
  expect(result.stopReason).toEqual({ rule: 'termination', agent: 'user', turn: 4 })
})

test('a person who types exit ends the chat, and the reason names whose person it was', async () => {
  const person = scriptedPerson(['go on', 'exit'])
  const result = await proxy({ humanInputMode: 'ALWAYS' }).initiateChat(echo('b', 'b'), {
    message: 'hi',
    humanInput: person.humanInput,
  })
  expect(result.stopReason).toEqual({ rule: 'human-exit', agent: 'user', turn: 4 })
  expect(result.humanInput).toEqual(['go on', 'exit'])
  person.assertUsedUp()
})

test('an agent that has nothing to say ends the chat', async () => {
  const result = await echo('a', 'a').initiateChat(echo('b', 'b', { defaultAutoReply: null }), { message: 'hi' })
  expect(result.stopReason).toEqual({ rule: 'no-reply', agent: 'b', turn: 1 })
})

test('a chat without an opening message has no turn', async () => {
  const result = await echo('a', 'a').initiateChat(echo('b', 'b'), { message: () => undefined })
  expect(result).toMatchObject({ chatHistory: [], summary: '', stopReason: { rule: 'no-reply', agent: 'a', turn: 0 } })
})

test('a message that asks for no answer leaves a chat open', async () => {
  const result = await echo('a', 'a').send('for your information', echo('b', 'b'))
  expect(result.stopReason).toEqual({ rule: 'not-asked', agent: 'b', turn: 0 })
})
