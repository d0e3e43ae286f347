import { AssistantAgent, tool, UserProxyAgent, type ChatEvent } from 'conversable'
import { ScriptedModel } from 'conversable/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { endsWithTerminate } from './support.ts'

const canaryOf = (text: string): string => /canary-\d+/.exec(text)?.[0] ?? 'none'

test('a thousand conversations of the same agents, held at once, see nothing of one another', async () => {
  const model = new ScriptedModel(async ({ prompt }) => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
    const mine = canaryOf(JSON.stringify(prompt))
    if (prompt.length === 2) return { toolCalls: [{ name: 'look_up', arguments: { key: mine } }] }
    return prompt.at(-1)?.role === 'tool' ? `It is ${mine}.` : `Done with ${mine}. TERMINATE`
  })
  const lookUp = tool({
    name: 'look_up',
    description: 'Looks something up.',
    parameters: z.object({ key: z.string() }),
    execute: async ({ key }, { chatId }) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
      return `${key} in ${chatId}`
    },
  })
  const assistant = new AssistantAgent({ name: 'assistant', llmConfig: { model } }).registerForLLM(lookUp)
  const user = new UserProxyAgent({
    name: 'user',
    humanInputMode: 'ALWAYS',
    isTerminationMsg: endsWithTerminate,
  }).registerForExecution(lookUp)

  const runs = Array.from({ length: 1000 }, async (_none, index) => {
    const mine = `canary-${index}`
    const events: ChatEvent[] = []
    const run = user.initiateChat(assistant, {
      message: `Keep ${mine} to yourself.`,
      humanInput: ({ purpose }) => (purpose === 'reply' ? '' : mine),
    })
    run.subscribe((event) => events.push(event))
    return { mine, events, result: await run }
  })

  for (const { mine, events, result } of await Promise.all(runs)) {
    const seen = JSON.stringify([events, result.chatHistory, result.summary, result.conversation.toJSON()])
    expect(new Set(seen.match(/canary-\d+/g))).toEqual(new Set([mine]))
    expect(result.chatHistory).toHaveLength(6)
    expect(result.usage.calls).toBe(3)
    expect(new Set(events.map((event) => event.chatId))).toEqual(new Set([result.chatId]))
  }
  for (const { prompt } of model.requests) expect(new Set(JSON.stringify(prompt).match(/canary-\d+/g)).size).toBe(1)
})

test('a failing conversation tells nothing of the others', async () => {
  const model = new ScriptedModel(({ prompt }) => {
    const mine = canaryOf(JSON.stringify(prompt))
    return mine.endsWith('7') ? { error: `refused ${mine}` } : 'TERMINATE'
  })
  const assistant = new AssistantAgent({ name: 'assistant', llmConfig: { model } })
  const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER', isTerminationMsg: endsWithTerminate })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 100 }, (_none, index) => user.initiateChat(assistant, { message: `canary-${index}` })),
  )
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') continue
    expect(index % 10).toBe(7)
    const error = outcome.reason as Error & { readonly result: unknown }
    expect(new Set(`${error.message} ${JSON.stringify(error.result)}`.match(/canary-\d+/g))).toEqual(
      new Set([`canary-${index}`]),
    )
  }
  expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(10)
})
