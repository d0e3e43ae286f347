import {
  AgentChatError,
  AssistantAgent,
  CallbackError,
  MessageError,
  ModelError,
  tool,
  type ConversableAgentOptions,
} from 'conversable'
import { ScriptError, type ScriptedAnswer } from 'conversable/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { echo, lines, proxy, scripted } from './support.ts'

/** What a caller without types may write. */
const untyped = (value: unknown): never => value as never

describe('what goes wrong while a chat is held is thrown with the transcript up to there', () => {
  const rejected = async (run: PromiseLike<unknown>): Promise<AgentChatError> => {
    try {
      await run
    } catch (error) {
      if (AgentChatError.isInstance(error)) return error
      throw error
    }
    throw new Error('The run did not fail.')
  }
  const options: Partial<ConversableAgentOptions> = { humanInputMode: 'ALWAYS' }

  test('a model string without its package says what to install', async () => {
    const assistant = new AssistantAgent({ name: 'assistant', llmConfig: { model: 'nosuchprovider/some-model' } })
    const error = await rejected(proxy().initiateChat(assistant, { message: 'hi' }))
    expect(error).toMatchObject({ code: 'unknown-model', name: 'ConfigurationError' })
    expect(error.message).toContain('Run: npm install @ai-sdk/nosuchprovider')
    expect(lines(error.result?.chatHistory ?? [])).toEqual(['user: hi'])
  })

  test('an exhausted script says whose it was and how often it was asked', async () => {
    const { agent } = scripted('assistant', ['one'])
    const error = await rejected(echo('user', 'more').initiateChat(agent, { message: 'hi' }))
    expect(error).toBeInstanceOf(ScriptError)
    expect(error.message).toContain(
      'it has 1 answers, and this is request 2, a request for "reply" of agent "assistant"',
    )
    expect(lines(error.result?.chatHistory ?? [])).toEqual(['user: hi', 'assistant: one', 'user: more'])
  })

  test('a script that was not used up says what is left', async () => {
    const { agent, model: two } = scripted('assistant', ['one', 'two'])
    await proxy().initiateChat(agent, { message: 'hi', maxTurns: 1 })
    expect(() => two.assertUsedUp()).toThrow('has 1 of 2 answers left, beginning with "two"')
  })

  test('a human input that throws', async () => {
    const humanInput = () => {
      throw new Error('line cut')
    }
    const error = await rejected(proxy({ ...options, humanInput }).initiateChat(echo('b', 'b'), { message: 'hi' }))
    expect(error).toBeInstanceOf(CallbackError)
    expect(error).toMatchObject({
      message: 'Agent "user": its humanInput failed: line cut',
      cause: { message: 'line cut' },
      agent: 'user',
    })
    expect(lines(error.result?.chatHistory ?? [])).toEqual(['user: hi', 'b: b'])
    expect(error.result?.stopReason).toEqual({ rule: 'error', agent: 'user', turn: 2, detail: error.message })
  })

  test('a human input that gives no text', async () => {
    const error = await rejected(
      proxy({ ...options, humanInput: untyped(() => 7) }).initiateChat(echo('b', 'b'), { message: 'hi' }),
    )
    expect(error.message).toBe('Agent "user": its humanInput gave 7. It must give a text.')
  })

  test('nobody to ask', async () => {
    const error = await rejected(proxy(options).initiateChat(echo('b', 'b'), { message: 'hi' }))
    expect(error).toMatchObject({ code: 'no-human-input' })
    expect(error.message).toContain("terminalInput() of 'conversable/node' asks at the terminal")
  })

  test.each([7, null, { text: 'hi' }, [], { message: 7 }, true])('a reply function that gives %j', async (rubbish) => {
    const b = echo('b', 'b').registerReply(undefined, function rude() {
      return untyped(rubbish)
    })
    const error = await rejected(proxy().initiateChat(b, { message: 'hi' }))
    expect(error).toBeInstanceOf(CallbackError)
    expect(error.message).toContain(`Agent "b": its reply function rude gave ${JSON.stringify(rubbish)}.`)
    expect(lines(error.result?.chatHistory ?? [])).toEqual(['user: hi'])
  })

  test('a reply function that throws', async () => {
    const b = echo('b', 'b').registerReply(undefined, function rude() {
      throw new TypeError('oops')
    })
    const error = await rejected(proxy().initiateChat(b, { message: 'hi' }))
    expect(error).toMatchObject({ name: 'CallbackError', message: 'Agent "b": its reply function rude failed: oops' })
  })

  test.each([
    7,
    null,
    {},
    { content: 7 },
    { content: [{ type: 'audio' }] },
    { content: [{ type: 'image', url: 'cat' }] },
    { toolResults: [] },
  ])('a message that is none: %j', async (rubbish) => {
    const error = await rejected(echo('a', 'a').send(untyped(rubbish), echo('b', 'b')))
    expect(error).toBeInstanceOf(MessageError)
    expect(error.message).toContain('Agent "a" was to send')
    expect(error.result?.chatHistory).toEqual([])
  })

  test('a model that refuses', async () => {
    const { agent } = scripted('assistant', [{ error: 'context too long' }])
    const error = await rejected(proxy().initiateChat(agent, { message: 'hi' }))
    expect(error).toBeInstanceOf(ModelError)
    expect(error).toMatchObject({ status: 400, retryable: false, modelId: 'scripted/model' })
    expect(lines(error.result?.chatHistory ?? [])).toEqual(['user: hi'])
  })

  test('a connection that breaks keeps what the model had said', async () => {
    const { agent } = scripted('assistant', [{ text: 'Once upon a time', breakAfterText: true }])
    const error = await rejected(proxy().initiateChat(agent, { message: 'hi' }))
    expect(error).toMatchObject({ name: 'ModelError', retryable: true, partialText: 'Once upon a time' })
  })

  test('an ending test, a hook and a summary that throw are named', async () => {
    const bad = () => {
      throw new Error('oops')
    }
    const ending = await rejected(proxy().initiateChat(echo('b', 'b', { isTerminationMsg: bad }), { message: 'hi' }))
    expect(ending.message).toBe('Agent "b": its isTerminationMsg failed: oops')
    const hook = await rejected(
      proxy().initiateChat(echo('b', 'b').registerHook('processMessageBeforeSend', bad), { message: 'hi' }),
    )
    expect(hook.message).toBe('Agent "b": its hook processMessageBeforeSend failed: oops')
    const summary = await rejected(
      proxy().initiateChat(echo('b', 'b'), { message: 'hi', maxTurns: 1, summaryMethod: bad }),
    )
    expect(summary.message).toBe('Agent "user": its summaryMethod failed: oops')
    expect(lines(summary.result?.chatHistory ?? [])).toEqual(['user: hi', 'b: b'])
  })

  test('a conversation that two chats are held in at once', async () => {
    const first = await echo('a', 'a').initiateChat(echo('b', 'b'), { message: 'hi', maxTurns: 1 })
    const go = () =>
      echo('a', 'a').initiateChat(echo('b', 'b'), { message: 'hi', maxTurns: 1, conversation: first.conversation })
    const outcomes = await Promise.allSettled([go(), go()])
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected'])
    expect(outcomes[1]).toMatchObject({ reason: { code: 'conversation-in-use' } })
  })

  test('a nested chat with the partner who waits outside', async () => {
    const user = proxy()
    const writer = echo('writer', 'w').registerNestedChats([{ recipient: user, message: 'hi' }], { trigger: 'user' })
    const error = await rejected(user.initiateChat(writer, { message: 'go' }))
    expect(error.message).toContain('Agent "writer" has a nested chat with "user", who is waiting for its reply')
  })

  test('a chat of a row that fails keeps the results before it', async () => {
    const { agent } = scripted('assistant', [{ error: 'no' }])
    const run = proxy().initiateChats([
      { recipient: echo('b', 'b'), message: 'one', maxTurns: 1 },
      { recipient: agent, message: 'two', maxTurns: 1 },
      { recipient: echo('c', 'c'), message: 'three', maxTurns: 1 },
    ])
    await expect(run).rejects.toThrow('failed with status 400')
    expect((await run.outcome).map((result) => [result.recipient, result.stopReason.rule])).toEqual([
      ['b', 'max-turns'],
      ['assistant', 'error'],
    ])
  })
})

describe('a model that calls a tool with arguments that never fit', () => {
  const count = tool({
    name: 'count',
    description: 'Counts.',
    parameters: z.object({ to: z.number() }),
    execute: ({ to }) => to,
  })
  const broken = (index: number): ScriptedAnswer => ({ toolCalls: [{ name: 'count', arguments: `{"to": "${index}"` }] })

  test.each([
    [undefined, 6],
    [0, 1],
    [2, 3],
  ])(
    'is told so %s times by default or as set, and then the chat ends after %i requests',
    async (maxArgumentRepairs, requests) => {
      const { agent, model } = scripted('assistant', (_request, index) => broken(index))
      const user = proxy(maxArgumentRepairs === undefined ? {} : { maxArgumentRepairs }).registerForExecution(count)
      const result = await user.initiateChat(agent, { message: 'go' })
      expect(result.stopReason).toMatchObject({ rule: 'bad-arguments', agent: 'user' })
      expect(model.requests).toHaveLength(requests)
      // The last call is answered, too: the history is legal.
      expect(result.chatHistory.at(-1)?.toolResults).toMatchObject([{ isError: true }])
    },
  )

  test('counts anew after a call that fits, and not at all beside one', async () => {
    const fits = { name: 'count', arguments: { to: 1 } }
    const { agent, model } = scripted('assistant', (_request, index) => {
      if (index === 9) return 'TERMINATE'
      if (index % 3 === 2) return { toolCalls: [fits] }
      return index % 3 === 1 ? { toolCalls: [fits, { name: 'count', arguments: { to: `${index}` } }] } : broken(index)
    })
    const user = proxy({ maxArgumentRepairs: 1 }).registerForExecution(count)
    const result = await user.initiateChat(agent, { message: 'go', noProgress: false })
    expect(result.stopReason.rule).toBe('termination')
    expect(model.requests).toHaveLength(10)
  })

  test('is told so for ever if that is wanted', async () => {
    const { agent } = scripted('assistant', (_request, index) => (index < 20 ? broken(index) : 'TERMINATE'))
    const user = proxy({ maxArgumentRepairs: Infinity }).registerForExecution(count)
    const result = await user.initiateChat(agent, { message: 'go', noProgress: false })
    expect(result.stopReason.rule).toBe('termination')
  })
})
