import { expect, test } from 'vitest'
import {
  AssistantAgent,
  CallbackError,
  ConfigurationError,
  textOf,
  UserProxyAgent,
  type BeforeExecute,
  type ChatEvent,
  type CodeBlock,
  type CodeExecutor,
  type Message,
} from 'conversable'
import { ScriptedExecutor, ScriptedModel } from 'conversable/testing'

const MESSAGE = 'Run this:\n```python\nprint(1)\n```'

async function chat(
  beforeExecute: BeforeExecute,
): Promise<{ executor: ScriptedExecutor; events: ChatEvent[]; last: string }> {
  const executor = new ScriptedExecutor([{ exitCode: 0, output: 'ran\n' }])
  const coder = new AssistantAgent({ name: 'coder', llmConfig: { model: new ScriptedModel([MESSAGE, 'TERMINATE']) } })
  const user = new UserProxyAgent({
    name: 'user',
    humanInputMode: 'NEVER',
    isTerminationMsg: ({ content }) => content === 'TERMINATE',
    codeExecutionConfig: { executor, beforeExecute },
  })
  const run = user.initiateChat(coder, { message: 'Go.' })
  const events: ChatEvent[] = []
  for await (const event of run) events.push(event)
  const { chatHistory } = await run
  return { executor, events, last: textOf(chatHistory.at(-2) as Message) }
}

test('code that is allowed runs as it was seen, whatever becomes of it meanwhile', async () => {
  const { executor, events, last } = await chat(async ({ blocks, agent, author }) => {
    expect({ agent, author }).toEqual({ agent: 'user', author: 'coder' })
    expect(() => (blocks as CodeBlock[]).push({ language: 'sh', code: 'rm x' })).toThrow(TypeError)
    expect(() => Object.assign(blocks[0] as object, { code: 'other' })).toThrow(TypeError)
    return { decision: 'allow' }
  })

  expect(executor.runs).toEqual([[{ language: 'python', code: 'print(1)' }]])
  expect(last).toBe('exitcode: 0 (execution succeeded)\nCode output: ran\n')
  expect(events.filter(({ type }) => type.startsWith('code-')).map(({ type }) => type)).toEqual([
    'code-decision',
    'code-start',
    'code-output',
    'code-end',
  ])
})

test('code that is edited runs as edited', async () => {
  const blocks = [{ language: 'python', code: 'print(2)' }]
  const { executor } = await chat(() => ({ decision: 'edit', blocks }))

  expect(executor.runs).toEqual([blocks])
})

test('code that is refused does not run, and whoever wrote it is told why', async () => {
  const { executor, events, last } = await chat(() => ({ decision: 'refuse', reason: 'it prints.' }))

  expect(executor.runs).toEqual([])
  expect(last).toBe('exitcode: 1 (execution failed)\nCode output: Not run: it prints.')
  expect(events.some(({ type }) => type === 'code-start')).toBe(false)
})

test.each([true, undefined, 'allow', {}, { decision: 'edit', blocks: [] }])(
  '%j is no decision, and nothing runs',
  async (given) => {
    await expect(chat((() => given) as unknown as BeforeExecute)).rejects.toThrow(CallbackError)
  },
)

test('an executor without any isolation wants a person, a decision, or a confirmation', () => {
  const isolation = { ...new ScriptedExecutor([]).isolation, boundary: 'none' }
  const executor = Object.assign(new ScriptedExecutor([]), { isolation }) as CodeExecutor
  const agent = (config: object, humanInputMode: 'ALWAYS' | 'NEVER' = 'NEVER'): UserProxyAgent =>
    new UserProxyAgent({ name: 'user', humanInputMode, codeExecutionConfig: { executor, ...config } })

  expect(() => agent({})).toThrow(ConfigurationError)
  expect(() => agent({})).toThrow('confirmUnattended: true')
  for (const config of [{ confirmUnattended: true }, { beforeExecute: () => ({ decision: 'allow' }) }]) agent(config)
  agent({}, 'ALWAYS')
})
