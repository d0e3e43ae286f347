import { expect, test } from 'vitest'
import { AssistantAgent } from '../../assistant-agent.ts'
import { Conversation } from '../../conversation.ts'
import { ConversableAgent } from '../../conversable-agent.ts'
import type { ContextTrim } from '../../event.ts'
import type { Compaction } from '../../ports/model.ts'
import { ScriptedModel, type Script } from '../../testing/scripted-model.ts'
import { UserProxyAgent } from '../../user-proxy-agent.ts'
import { COMPACTION_PROMPT } from './compaction.ts'

const letters = { count: (text: string) => text.length }
const WINDOW = { maxInputTokens: 2_000, tokenCounter: letters }

/** A model that answers with a long text, and sums up with a number for each summary. */
function scripted(): { readonly model: ScriptedModel; readonly summaries: () => number } {
  let summaries = 0
  const script: Script = ({ providerOptions }, index) => {
    if (providerOptions?.['conversable']?.['purpose'] === 'compaction') return `Summary ${++summaries}.`
    return `Answer ${index}. `.padEnd(150, '-')
  }
  return { model: new ScriptedModel(script), summaries: () => summaries }
}

function talk(model: ScriptedModel, compaction: Compaction | boolean = true) {
  const assistant = new AssistantAgent({
    name: 'assistant',
    systemMessage: 'Answer.',
    llmConfig: { model, contextWindow: { ...WINDOW, compaction } },
  })
  let turn = 0
  const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER' })
  user.registerReply(
    () => true,
    () => ({ message: `Question ${++turn}?` }),
  )
  return { assistant, user }
}

const textsOf = (request: { readonly prompt: unknown } | undefined): string => JSON.stringify(request?.prompt)

test('what is left out is summed up by a model, and the summary stands in its place', async () => {
  const { model, summaries } = scripted()
  const { assistant, user } = talk(model)
  const events: ContextTrim[] = []
  const run = user.initiateChat(assistant, { message: 'The task.', maxTurns: 20 })
  run.subscribe((event) => void (event.type === 'context-trim' && events.push(event)))
  const result = await run
  expect(summaries()).toBe(events.length)
  expect(events.map((event) => event.summary)).toEqual(events.map((_event, index) => `Summary ${index + 1}.`))
  const last = model.requests.at(-1)
  expect(last?.prompt[1]).toMatchObject({ role: 'user', content: [{ text: 'The task.' }] })
  expect(last?.prompt[2]).toEqual({
    role: 'user',
    content: [
      {
        type: 'text',
        text: `Summary of the ${events.at(-1)?.leftOut} messages that stood here:\nSummary ${summaries()}.`,
      },
    ],
  })
  // 20 replies and the summaries, all of them counted for the agent.
  expect(result.usage.byAgent['assistant']?.calls).toBe(20 + summaries())
  expect(summaries()).toBeGreaterThan(2)
  expect(summaries()).toBeLessThan(10)
})

test('a summary is written on: the model is shown the one so far, and what has been left out since', async () => {
  const { model } = scripted()
  const { assistant, user } = talk(model)
  await user.initiateChat(assistant, { message: 'The task.', maxTurns: 20 })
  const requests = model.requests.filter((one) => one.providerOptions?.['conversable']?.['purpose'] === 'compaction')
  for (const [index, request] of requests.entries()) {
    expect(request.prompt[0]).toEqual({ role: 'system', content: COMPACTION_PROMPT })
    expect(request.maxOutputTokens).toBe(250)
    expect(textsOf(request).includes(`Summary ${index}.`)).toBe(index > 0)
  }
  expect(textsOf(requests[0])).toContain('assistant: Answer 0.')
  expect(textsOf(requests[0])).toContain('user: Question 1?')
  expect(textsOf(requests[1])).not.toContain('assistant: Answer 0.')
})

test('a conversation that is stored takes its summaries with it', async () => {
  const { model, summaries } = scripted()
  const { assistant, user } = talk(model)
  const { conversation } = await user.initiateChat(assistant, { message: 'The task.', maxTurns: 20 })
  const written = summaries()
  expect(written).toBeGreaterThan(0)
  const restored = new Conversation(JSON.parse(JSON.stringify(conversation)))
  await user.initiateChat(assistant, { message: 'And?', maxTurns: 1, conversation: restored })
  expect(textsOf(model.requests.at(-1))).toContain(`Summary ${written}.`)
  expect(summaries()).toBeLessThanOrEqual(written + 1)
})

test('another model can write the summaries, told in other words, and not at length', async () => {
  const { model } = scripted()
  const writer = new ScriptedModel(() => 'w'.repeat(5_000))
  const { assistant, user } = talk(model, { llmConfig: { model: writer }, prompt: 'Write it down.', maxTokens: 100 })
  await user.initiateChat(assistant, { message: 'The task.', maxTurns: 20 })
  expect(writer.requests.length).toBeGreaterThan(0)
  expect(writer.prompts[0]?.[0]).toEqual({ role: 'system', content: 'Write it down.' })
  const shown = /w+…/.exec(textsOf(model.requests.at(-1)))?.[0] ?? ''
  expect(shown.length).toBeGreaterThan(80)
  expect(shown.length).toBeLessThanOrEqual(101)
})

test('a history that is far too long at once is summed up in parts that fit', async () => {
  const { model, summaries } = scripted()
  const { assistant, user } = talk(model)
  const messages = Array.from({ length: 100 }, (_none, index) => ({
    id: `c/${index}`,
    name: index % 2 === 0 ? 'user' : 'assistant',
    content: `Old ${index}. `.padEnd(190, '='),
  }))
  const conversation = new Conversation({ id: 'c', messages })
  await user.initiateChat(assistant, { message: 'Go on.', maxTurns: 1, conversation })
  expect(summaries()).toBeGreaterThan(10)
  for (const request of model.requests) expect(textsOf(request).length).toBeLessThan(2_300)
})

test('the summary of a chat goes on from what its recipient had summed up', async () => {
  const { model, summaries } = scripted()
  const { assistant, user } = talk(model)
  await user.initiateChat(assistant, { message: 'The task.', maxTurns: 20, summaryMethod: 'reflection_with_llm' })
  const summary = model.requests.findIndex((one) => one.providerOptions?.['conversable']?.['purpose'] === 'summary')
  expect(textsOf(model.requests[summary])).toContain(`Summary ${summaries()}.`)
  expect(model.requests.length - 20 - 1).toBe(summaries())
  expect(summaries()).toBeLessThan(10)
})

test('those who may not see a message find nothing of it in their summaries', async () => {
  const { model } = scripted()
  const secret = new ConversableAgent({ name: 'secret', humanInputMode: 'NEVER', defaultAutoReply: 'x' })
  const { assistant, user } = talk(model)
  const messages = Array.from({ length: 40 }, (_none, index) => ({
    id: `c/${index}`,
    name: secret.name,
    content: `CANARY ${index}. `.padEnd(190, '='),
    visibleTo: ['user'],
  }))
  const open = Array.from({ length: 40 }, (_none, index) => ({
    id: `c/${index + 40}`,
    name: 'user',
    content: `Open ${index}. `.padEnd(190, '='),
  }))
  const conversation = new Conversation({ id: 'c', messages: [...messages, ...open] })
  await user.initiateChat(assistant, { message: 'Go on.', maxTurns: 1, conversation })
  expect(model.requests.length).toBeGreaterThan(3)
  for (const request of model.requests) expect(textsOf(request)).not.toContain('CANARY')
})
