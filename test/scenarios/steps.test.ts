import { GroupChatManager, inlineRuntime, tool, type EventBody, type Runtime } from 'conversable'
import { ScriptedExecutor, scriptedPerson } from 'conversable/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { echo, proxy, scripted } from './support.ts'

interface SeenStep {
  readonly key: string
  readonly agent: string | undefined
  readonly input: unknown
  readonly events: EventBody[]
}

/** Runs every step at once, and keeps what it is told of them. */
function watching(): Runtime & { readonly steps: SeenStep[] } {
  const steps: SeenStep[] = []
  return {
    ...inlineRuntime,
    uuid: () => 'c',
    steps,
    step(key, action, about) {
      const seen: SeenStep = { key, agent: about?.agent, input: about?.input?.(), events: [] }
      steps.push(seen)
      return inlineRuntime.step(key, action, {
        agent: '',
        emit(event, at) {
          seen.events.push(event)
          about?.emit?.(event, at)
        },
      })
    },
  }
}

const look = tool({
  name: 'look',
  description: 'Looks a word up.',
  parameters: z.object({ word: z.string().default('none') }),
  execute: ({ word }, { emit }) => {
    emit({ type: 'notice', text: `looking for ${word}` })
    return 'found'
  },
})

test('a model step says what is asked of which model, and holds the pieces of the answer', async () => {
  const { agent } = scripted('coder', ['two words'])
  agent.registerForLLM(look)
  const runtime = watching()
  await proxy().initiateChat(agent, { message: 'go', maxTurns: 1, runtime })
  const asked = { agent: 'coder', model: 'scripted/model', purpose: 'reply', step: 'c/1/coder.model', attempt: 1 }
  expect(runtime.steps).toEqual([
    {
      key: 'c/1/coder.model',
      agent: 'coder',
      input: {
        model: 'scripted/model',
        prompt: [
          { role: 'system', content: agent.systemMessage },
          {
            role: 'user',
            content: [{ type: 'text', text: 'go' }],
            providerOptions: { conversable: { name: 'user' } },
          },
        ],
        tools: [{ type: 'function', name: 'look', description: 'Looks a word up.', inputSchema: look.parameters }],
        providerOptions: { conversable: { agent: 'coder', purpose: 'reply' } },
      },
      events: [
        { type: 'model-call', ...asked },
        { type: 'text-delta', messageId: 'c/1', delta: 'two ' },
        { type: 'text-delta', messageId: 'c/1', delta: 'words' },
        expect.objectContaining({ type: 'model-end', ...asked, finishReason: 'stop' }),
      ],
    },
  ])
})

test('a tool step says which tool is run with what, and holds what the tool emits', async () => {
  const { agent } = scripted('coder', [
    { toolCalls: [{ id: 'x', name: 'look', arguments: { word: 'sun' } }] },
    'TERMINATE',
  ])
  const runtime = watching()
  await proxy().registerForExecution(look).initiateChat(agent, { message: 'go', runtime })
  expect(runtime.steps[1]).toEqual({
    key: 'c/2/user.tool.look.x',
    agent: 'user',
    input: { tool: 'look', arguments: { word: 'sun' } },
    events: [{ type: 'notice', text: 'looking for sun' }],
  })
})

test('steps of code, of leave to run it, and of people say what they are about', async () => {
  const { agent } = scripted('coder', ['```sh\nls\n```'])
  const runtime = watching()
  const executor = new ScriptedExecutor([{ exitCode: 0, output: 'a.txt' }])
  const user = proxy({
    humanInputMode: 'ALWAYS',
    humanInput: scriptedPerson(['', 'exit']).humanInput,
    codeExecutionConfig: { executor, beforeExecute: () => ({ decision: 'allow' }) },
  })
  await user.initiateChat(agent, { message: 'go', maxTurns: 2, runtime }).outcome
  const blocks = [{ language: 'sh', code: 'ls' }]
  expect(runtime.steps.slice(1, 4)).toEqual([
    {
      key: 'c/2/user.human',
      agent: 'user',
      input: { prompt: expect.stringContaining('Replying as user.'), purpose: 'reply' },
      events: [],
    },
    { key: 'c/2/user.approval', agent: 'user', input: { blocks, author: 'coder' }, events: [] },
    {
      key: 'c/2/user.code',
      agent: 'user',
      input: { blocks },
      events: [{ type: 'code-output', stream: 'stdout', text: 'a.txt' }],
    },
  ])
})

test('the choice of a speaker by a function is a step with a name as its result', async () => {
  const [one, two] = [echo('one', '1'), echo('two', '2')]
  const results: unknown[] = []
  const runtime: Runtime = {
    ...watching(),
    async step(_key, action) {
      const result = await action(() => {})
      results.push(result)
      return result
    },
  }
  const choices = [two, 'round_robin' as const, undefined]
  const manager = new GroupChatManager({
    name: 'manager',
    groupChat: { agents: [one, two], speakerSelectionMethod: () => choices.shift() },
  })
  const { chatHistory } = await proxy().initiateChat(manager, { message: 'go', runtime })
  expect(chatHistory.map(({ name }) => name)).toEqual(['user', 'two', 'one'])
  expect(results).toEqual([{ agent: 'two' }, { method: 'round_robin' }, {}])
})

test('a step that fails by itself ends the run; a tool that fails is answered, as one step', async () => {
  const failing = tool({
    name: 'look',
    description: 'Looks a word up.',
    parameters: z.object({}),
    execute: () => {
      throw new Error('no such word')
    },
  })
  const { agent } = scripted('coder', () => ({ toolCalls: [{ id: 'x', name: 'look' }] }))
  const results: unknown[] = []
  const lost: Runtime = {
    ...watching(),
    async step(key, action) {
      const result = await action(() => {})
      if (key.includes('tool')) results.push(result)
      if (key.startsWith('c/4/')) throw new Error('the journal is full')
      return result
    },
  }
  const run = proxy().registerForExecution(failing).initiateChat(agent, { message: 'go', runtime: lost })
  await expect(run).rejects.toThrow('the journal is full')
  expect(results).toEqual([
    { content: 'Error: no such word', isError: true },
    { content: 'Error: no such word', isError: true },
  ])
})
