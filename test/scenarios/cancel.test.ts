import { execFile } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { GroupChatManager, tool, type ChatContext, type ChatResult, type ChatRun, type CodeExecutor } from 'conversable'
import { ScriptedModel } from 'conversable/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { echo, lines, proxy, scripted } from './support.ts'

const never = new Promise<never>(() => {})
const reason = new Error('enough')

type Hold = (options: { readonly signal?: AbortSignal; readonly parent?: ChatContext }) => ChatRun<ChatResult>

/** Chats that wait for ever, each at another place. None of the callees listens to its signal. */
const waiting: Readonly<Record<string, Hold>> = {
  headers: (options) => {
    const model = new ScriptedModel([])
    model.doStream = () => never
    return proxy().initiateChat(withModel(model), { message: 'go', ...options })
  },
  stream: (options) => {
    const model = new ScriptedModel([])
    model.doStream = async () => ({
      stream: new ReadableStream({
        start: (controller) => controller.enqueue({ type: 'text-delta', id: '1', delta: 'once upon a time' }),
      }),
    })
    return proxy().initiateChat(withModel(model), { message: 'go', ...options })
  },
  tool: (options) => {
    const wait = tool({ name: 'wait', description: 'Waits.', parameters: z.object({}), execute: () => never })
    const quick = tool({
      name: 'quick',
      description: 'Is quick.',
      parameters: z.object({}),
      execute: () => 'quick result',
    })
    const { agent } = scripted('assistant', [{ toolCalls: [{ name: 'quick' }, { name: 'wait' }] }])
    agent.registerForLLM(quick).registerForLLM(wait)
    return proxy()
      .registerForExecution(quick)
      .registerForExecution(wait)
      .initiateChat(agent, { message: 'go', ...options })
  },
  code: (options) => {
    const executor = { kind: 'stuck', execute: () => ({ [Symbol.asyncIterator]: () => ({ next: () => never }) }) }
    // The members that are not called here are left out.
    const codeExecutionConfig = { executor: executor as unknown as CodeExecutor }
    return proxy({ codeExecutionConfig }).initiateChat(echo('coder', '```sh\nsleep 1\n```'), {
      message: 'go',
      ...options,
    })
  },
  person: (options) =>
    proxy({ humanInputMode: 'ALWAYS' }).initiateChat(echo('b', 'b'), {
      message: 'go',
      humanInput: () => never,
      ...options,
    }),
  'opening message': (options) => proxy().initiateChat(echo('b', 'b'), { humanInput: () => never, ...options }),
  'nested chat': (options) => {
    const critic = echo('critic', '-').registerReply(undefined, () => never)
    const writer = echo('writer', '-').registerNestedChats([{ recipient: critic, message: 'review' }], {
      trigger: 'user',
    })
    return proxy().initiateChat(writer, { message: 'go', ...options })
  },
  'choice of a speaker in a nested group chat': (options) => {
    const model = new ScriptedModel([])
    model.doStream = () => never
    const manager = new GroupChatManager({
      name: 'chat_manager',
      llmConfig: { model },
      groupChat: { agents: [echo('planner', 'p'), echo('engineer', 'e'), echo('critic', 'c')] },
    })
    const writer = echo('writer', '-').registerNestedChats([{ recipient: manager, message: 'review' }], {
      trigger: 'user',
    })
    return proxy().initiateChat(writer, { message: 'go', ...options })
  },
  'chat in a tool': (options) => {
    const expert = scripted('expert', [{ text: 'so', delayMs: 60_000 }]).agent
    const ask = tool({
      name: 'ask',
      description: 'Asks an expert.',
      parameters: z.object({}),
      ownSteps: true,
      execute: async (_args, context) =>
        (await proxy({ name: 'student' }).initiateChat(expert, { message: 'why?', parent: context })).summary,
    })
    const { agent } = scripted('assistant', [{ toolCalls: [{ name: 'ask' }] }])
    return proxy()
      .registerForExecution(ask)
      .initiateChat(agent.registerForLLM(ask), { message: 'go', ...options })
  },
}

function withModel(model: ScriptedModel): ReturnType<typeof echo> {
  return echo('assistant', '-', { llmConfig: { model } })
}

describe.each(Object.entries(waiting))('a run that is cancelled while it waits for its %s', (_place, hold) => {
  test('comes back within 100 ms with the reason, and leaves a transcript', async () => {
    const controller = new AbortController()
    const run = hold({ signal: controller.signal })
    await new Promise((resolve) => setTimeout(resolve, 20))
    const started = performance.now()
    controller.abort(reason)
    await expect(run).rejects.toBe(reason)
    expect(performance.now() - started).toBeLessThan(100)
    const partial = await run.outcome
    expect(partial.stopReason).toMatchObject({ rule: 'aborted', detail: 'enough' })
    expect(Object.isFrozen(partial.chatHistory)).toBe(true)
    expectLegal(partial)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })

  test('is cancelled by leaving the loop over its events, too', async () => {
    const run = hold({})
    for await (const event of run) if (event.type === 'chat-start') break
    const partial = await run.outcome
    expect(partial.stopReason.rule).toBe('aborted')
  })

  test('can be gone on with', async () => {
    const controller = new AbortController()
    const run = hold({ signal: controller.signal })
    await new Promise((resolve) => setTimeout(resolve, 10))
    controller.abort(reason)
    const { conversation } = await run.outcome
    const { agent, model } = scripted('assistant', ['All right. TERMINATE'])
    const result = await proxy().initiateChat(agent, { message: 'Forget it.', conversation })
    expect(result.stopReason.rule).toBe('termination')
    expectLegalPrompt(model)
  })
})

test('what a tool had done when the run was cancelled is kept', async () => {
  const controller = new AbortController()
  const run = waiting['tool']?.({ signal: controller.signal })
  await new Promise((resolve) => setTimeout(resolve, 10))
  controller.abort(reason)
  const partial = await run?.outcome
  expect(partial?.chatHistory.at(-1)?.toolResults).toEqual([
    { callId: 'call_1', name: 'quick', content: 'quick result', isError: false },
    {
      callId: 'call_2',
      name: 'wait',
      content: 'Error: The run was cancelled before this call was done.',
      isError: true,
    },
  ])
})

test('a run on a signal that is aborted already says nothing', async () => {
  const run = echo('a', 'a').initiateChat(echo('b', 'b'), { message: 'hi', signal: AbortSignal.abort(reason) })
  await expect(run).rejects.toBe(reason)
  expect(lines((await run.outcome).chatHistory)).toEqual([])
})

test('cancel() ends a run with an AbortError', async () => {
  const run = echo('a', 'a').initiateChat(
    echo('b', 'b').registerReply(undefined, () => never),
    { message: 'hi' },
  )
  setTimeout(() => run.cancel(), 5)
  await expect(run).rejects.toMatchObject({ name: 'AbortError' })
})

test('a thousand runs on one signal leave no listener and no timer', async () => {
  const controller = new AbortController()
  const { agent } = scripted('assistant', () => 'TERMINATE')
  const user = proxy()
  const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
  const before = timers()
  for (let n = 0; n < 1000; n++) await user.initiateChat(agent, { message: 'hi', signal: controller.signal })
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  expect(timers()).toBeLessThanOrEqual(before)
})

test('a thousand runs on one signal leave the heap as it was', { timeout: 30_000 }, async () => {
  const program = `
    import { AssistantAgent, UserProxyAgent } from 'conversable'
    import { ScriptedModel } from 'conversable/testing'
    const model = new ScriptedModel(() => 'TERMINATE')
    const assistant = new AssistantAgent({ name: 'assistant', llmConfig: { model } })
    const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER' })
    const { signal } = new AbortController()
    const hold = async () => {
      for (let n = 0; n < 1000; n++) await user.initiateChat(assistant, { message: 'hi', signal })
      model.requests.length = 0
      globalThis.gc()
      await new Promise((resolve) => setTimeout(resolve, 20))
      globalThis.gc()
      return process.memoryUsage().heapUsed
    }
    await hold()
    const before = await hold()
    console.log((await hold()) - before)
  `
  const options = ['--conditions=conversable-source', '--expose-gc', '--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, options, {
    cwd: join(import.meta.dirname, '..', '..'),
  })
  expect(Number(stdout)).toBeLessThan(1_000_000)
})

function expectLegal({ chatHistory }: ChatResult): void {
  for (const [index, message] of chatHistory.entries()) {
    const answered = chatHistory[index + 1]?.toolResults?.map((result) => result.callId)
    if (message.toolCalls) expect(answered).toEqual(message.toolCalls.map((call) => call.id))
  }
}

function expectLegalPrompt({ prompts }: ScriptedModel): void {
  for (const prompt of prompts) {
    for (const [index, message] of prompt.entries()) {
      if (message.role !== 'assistant') continue
      const calls = message.content.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : []))
      const next = prompt[index + 1]
      const answers =
        next?.role === 'tool'
          ? next.content.flatMap((part) => (part.type === 'tool-result' ? [part.toolCallId] : []))
          : []
      expect(answers).toEqual(calls)
    }
  }
}
