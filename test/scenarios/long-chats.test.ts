import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { inlineRuntime, tool, type Runtime, type Tool } from 'conversable'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { echo, lines, proxy, scripted } from './support.ts'

function adder(ran: string[] = []): Tool {
  return tool({
    name: 'add',
    description: 'Adds.',
    parameters: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }, { idempotencyKey }) => {
      ran.push(idempotencyKey)
      return a + b
    },
  })
}

test('what a model was sent before is a prefix of what it is sent next, over 40 turns with tools', async () => {
  const { agent, model } = scripted('assistant', (_request, index) =>
    index % 3 === 0
      ? { text: 'Let me see.', toolCalls: [{ name: 'add', arguments: { a: index, b: 1 } }, { name: 'nobody' }] }
      : `Answer ${index}.`,
  )
  const add = adder()
  agent.registerForLLM(add)
  const user = proxy({ defaultAutoReply: 'Go on.' }).registerForExecution(add)
  await user.initiateChat(agent, { message: 'Count.', maxTurns: 40 })
  expect(model.prompts).toHaveLength(40)
  for (const [index, prompt] of model.prompts.slice(1).entries()) {
    const before = model.prompts[index] as LanguageModelV4Prompt
    expect(prompt.length).toBeGreaterThan(before.length)
    // The very same objects: nothing was converted a second time.
    for (const [at, message] of before.slice(1).entries()) expect(prompt[at + 1]).toBe(message)
    expect(prompt[0]).toEqual(before[0])
  }
})

test('a chat of 20,000 messages ends without a stack error', async () => {
  const a = echo('a', 'ping', { maxConsecutiveAutoReply: Infinity })
  const b = echo('b', 'pong', { maxConsecutiveAutoReply: Infinity })
  const result = await a.initiateChat(b, { message: 'hi', maxTurns: 10_000, noProgress: false })
  expect(result.chatHistory).toHaveLength(20_000)
  expect(result.stopReason).toEqual({ rule: 'max-turns', agent: 'b', turn: 19_999 })
})

test('nested chats go 100 levels deep', async () => {
  let inner = echo('inner0', 'bottom')
  for (let level = 1; level <= 100; level++) {
    inner = echo(`inner${level}`, '-').registerNestedChats([{ recipient: inner, maxTurns: 1 }], { trigger: () => true })
  }
  const result = await proxy().initiateChat(inner, { message: 'how deep?', maxTurns: 1 })
  expect(result.summary).toBe('bottom')
})

test('a chat that goes on takes the earlier conversation, and results of before stay as they were', async () => {
  const { agent, model } = scripted('assistant', ['One.', 'Two.'])
  const first = await proxy().initiateChat(agent, { message: 'first', maxTurns: 1 })
  const stored: unknown = JSON.parse(JSON.stringify(first.conversation))
  const second = await proxy().initiateChat(agent, { message: 'second', maxTurns: 1, conversation: first.conversation })
  expect(lines(first.chatHistory)).toEqual(['user: first', 'assistant: One.'])
  expect(lines(second.chatHistory)).toEqual(['user: first', 'assistant: One.', 'user: second', 'assistant: Two.'])
  expect(stored).toMatchObject({ messages: first.chatHistory })
  expect(model.prompts[1]).toHaveLength(4)
})

/** A runtime that notes what every step gave, and answers a second run from its notes: the seed of a durable one. */
function journal(
  notes: Map<string, unknown> = new Map(),
): Runtime & { readonly notes: Map<string, unknown>; readonly ran: string[] } {
  const ran: string[] = []
  return {
    ...inlineRuntime,
    uuid: () => 'chat-1',
    notes,
    ran,
    async step(key, action) {
      if (!notes.has(key)) {
        ran.push(key)
        notes.set(key, await action(() => {}))
      }
      // What was noted under a key is what this step gave.
      return structuredClone(notes.get(key)) as Awaited<ReturnType<typeof action>>
    },
  }
}

test('a journal answers a second run: no model and no tool is asked again, whatever finished first', async () => {
  const play = async (notes?: Map<string, unknown>) => {
    const { agent, model } = scripted('assistant', ({ prompt }) =>
      prompt.at(-1)?.role === 'tool'
        ? 'TERMINATE'
        : {
            toolCalls: [
              { id: 'x', name: 'add', arguments: { a: 1, b: 1 } },
              { id: 'y', name: 'add', arguments: { a: 2, b: 2 } },
            ],
          },
    )
    const ran: string[] = []
    const add = adder(ran)
    agent.registerForLLM(add)
    const runtime = journal(notes)
    const result = await proxy().registerForExecution(add).initiateChat(agent, { message: 'go', runtime })
    return { runtime, ran, calls: model.requests.length, texts: lines(result.chatHistory), usage: result.usage }
  }
  const first = await play()
  expect(first.runtime.ran).toEqual([
    'chat-1/1/assistant.model',
    'chat-1/2/user.tool.add.x',
    'chat-1/2/user.tool.add.y',
    'chat-1/3/assistant.model',
  ])
  expect(first.ran).toEqual(['chat-1/2/user.tool.add.x', 'chat-1/2/user.tool.add.y'])
  const again = await play(new Map(first.runtime.notes))
  expect(again).toMatchObject({ ran: [], calls: 0, texts: first.texts, usage: first.usage })
  const halfway = new Map(
    [...first.runtime.notes].filter(
      ([key]) => key !== 'chat-1/2/user.tool.add.x' && key !== 'chat-1/3/assistant.model',
    ),
  )
  const resumed = await play(halfway)
  expect(resumed).toMatchObject({ ran: ['chat-1/2/user.tool.add.x'], calls: 1, texts: first.texts })
})

test('chats inside a reply have the same ids whenever the run is repeated', async () => {
  const play = async () => {
    const writer = echo('writer', 'w').registerNestedChats(
      [
        { recipient: echo('critic', 'c'), message: 'one', maxTurns: 1 },
        { recipient: echo('editor', 'e'), message: 'two', maxTurns: 1 },
      ],
      { trigger: 'user' },
    )
    const ids = new Set<string>()
    const run = proxy().initiateChat(writer, { message: 'go', maxTurns: 1, runtime: journal() })
    run.subscribe((event) => ids.add(event.chatId))
    await run
    return [...ids]
  }
  expect(await play()).toEqual(['chat-1', 'chat-1/1.0', 'chat-1/1.1'])
  expect(await play()).toEqual(await play())
})
