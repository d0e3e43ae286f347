import { tool, type ChatEvent, type ChatRun } from 'conversable'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { collect, echo, proxy, scripted } from './support.ts'

/** A user, a writer that asks a critic before it answers, and an expert behind a tool of the critic. */
function house(): () => ChatRun<unknown> {
  const expert = scripted('expert', () => 'Commas are fine, says the expert.')
  const ask = tool({
    name: 'ask_expert',
    description: 'Asks an expert.',
    parameters: z.object({ question: z.string() }),
    ownSteps: true,
    execute: async ({ question }, context) => {
      const result = await proxy({ name: 'clerk' }).initiateChat(expert.agent, {
        message: question,
        maxTurns: 1,
        parent: context,
      })
      return result.summary
    },
  })
  const critic = scripted('critic', ({ prompt }) =>
    prompt.at(-1)?.role === 'tool'
      ? 'Fewer commas would be better still.'
      : { text: 'Let me ask.', toolCalls: [{ id: 'c', name: 'ask_expert', arguments: { question: 'Commas?' } }] },
  )
  critic.agent.registerForLLM(ask)
  const writer = scripted('writer', () => 'unused').agent
  writer
    .registerForExecution(ask)
    .registerNestedChats([{ recipient: critic.agent, message: 'Review this, please.', maxTurns: 2 }], {
      trigger: 'user',
    })
  return () => proxy().initiateChat(writer, { message: 'A story, please.', maxTurns: 1 })
}

async function eventsOf(run: ChatRun<unknown>): Promise<ChatEvent[]> {
  return collect(run)
}

test('every event says where it happened, and the pieces of a message add up to it', async () => {
  const events = await eventsOf(house()())
  const written = new Map<string, string>()
  for (const event of events) {
    if (event.type === 'text-delta') written.set(event.messageId, (written.get(event.messageId) ?? '') + event.delta)
  }
  const messages = events.filter((event) => event.type === 'message')
  expect(written.size).toBe(3)
  for (const [id, text] of written)
    expect(messages.find((event) => event.message.id === id)?.message.content).toBe(text)
  expect(new Set(events.flatMap((event) => (event.type === 'text-delta' ? [event.path.join(' > ')] : [])))).toEqual(
    new Set(['writer > critic', 'writer > writer > expert']),
  )
  const ids = events.map((event) => event.id)
  expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => one - other))
})

test('chats inside chats name the chat around them', async () => {
  const events = await eventsOf(house()())
  const starts = events.filter((event) => event.type === 'chat-start')
  const [outer, review, asked] = starts
  expect(starts).toHaveLength(3)
  expect(outer?.parentChatId).toBeUndefined()
  expect(review?.parentChatId).toBe(outer?.chatId)
  expect(asked?.parentChatId).toBe(review?.chatId)
  expect(events.filter((event) => event.type === 'chat-end')).toHaveLength(3)
})

test('a filter on the path gives the outermost speaker alone', async () => {
  const events = await eventsOf(house()())
  const outermost = events.flatMap((event) =>
    event.type === 'message' && event.path.length === 1 ? [event.message.content] : [],
  )
  expect(outermost).toEqual(['A story, please.', 'Fewer commas would be better still.'])
})

test('usage is the same whether a run is watched or awaited', async () => {
  const hold = house()
  const watched = hold()
  await eventsOf(watched)
  const usageOf = (result: unknown): unknown => (result as { readonly usage: unknown }).usage
  expect(usageOf(await watched.outcome)).toEqual(usageOf(await hold()))
  expect(usageOf(await hold())).toMatchObject({ calls: 3, byAgent: { critic: { calls: 2 }, expert: { calls: 1 } } })
})

test('a reader that went away and comes back sees every later event exactly once', async () => {
  const { agent } = scripted('assistant', [{ text: 'one two three four five six', wordDelayMs: 2 }, 'TERMINATE'])
  const run = proxy().initiateChat(agent, { message: 'go' })
  const seen: ChatEvent[] = []
  for (let visits = 0; visits < 200; visits++) {
    let read = 0
    for await (const event of run.events(seen.at(-1)?.id)) {
      seen.push(event)
      if (++read === 2) break
    }
    if (read === 0) break
  }
  const result = await run
  const text = seen
    .flatMap((event) => (event.type === 'text-delta' && event.messageId.endsWith('/1') ? [event.delta] : []))
    .join('')
  expect(text).toBe('one two three four five six')
  expect(seen.map((event) => event.id)).toEqual(seen.map((event) => event.id).toSorted((a, b) => a - b))
  expect(seen.filter((event) => event.type === 'message')).toHaveLength(result.chatHistory.length)
  expect(seen.at(-1)?.type).toBe('chat-end')
})

test('a slow reader finds one piece of text for a message instead of thousands', async () => {
  const { agent } = scripted('assistant', [Array.from({ length: 5000 }, (_none, n) => `w${n}`).join(' '), 'TERMINATE'])
  const run = proxy().initiateChat(agent, { message: 'go' })
  const events = run.events()
  const result = await run
  const all = await collect(events)
  expect(all.length).toBeLessThan(20)
  expect(
    all
      .flatMap((event) => (event.type === 'text-delta' && event.messageId.endsWith('/1') ? [event.delta] : []))
      .join(''),
  ).toBe(result.chatHistory[1]?.content)
})

test('a listener sees each event at once, and what it throws does not change the run', async () => {
  const thrown: unknown[] = []
  const listeners = process.rawListeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.once('uncaughtException', (error) => thrown.push(error))
  const seen: string[] = []
  const run = echo('a', 'a').initiateChat(echo('b', 'b'), { message: 'hi', maxTurns: 1 })
  run
    .subscribe((event) => seen.push(event.type))
    .subscribe((event) => {
      if (event.type === 'chat-start') throw new Error('broken watcher')
    })
  const result = await run
  await new Promise((resolve) => setImmediate(resolve))
  for (const listener of listeners) process.on('uncaughtException', listener as () => void)
  expect(result.summary).toBe('b')
  expect(seen).toEqual(['chat-start', 'message', 'message', 'chat-end'])
  expect(thrown).toMatchObject([{ message: 'broken watcher' }])
})

test('events that were not asked for before the result are not kept, and asking says so', async () => {
  const run = echo('a', 'a').initiateChat(echo('b', 'b'), { message: 'hi', maxTurns: 1 })
  await run
  expect(() => run.events()).toThrow('ask for them before you await it')
})

test('an error reaches whoever walks through the events, after the last of them', async () => {
  const { agent } = scripted('assistant', [{ error: 'no' }])
  const types: string[] = []
  const walk = async (): Promise<void> => {
    for await (const event of proxy().initiateChat(agent, { message: 'go' })) types.push(event.type)
  }
  await expect(walk()).rejects.toThrow('Model "scripted/model" failed with status 400: no')
  expect(types).toEqual(['chat-start', 'message', 'model-call', 'model-end', 'chat-end'])
})
