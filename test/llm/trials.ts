import assert from 'node:assert/strict'
import { AssistantAgent, GroupChatManager, textOf, tool, UserProxyAgent, type LlmConfig, type Usage } from 'conversable'
import type { LlamaCppModel } from '@conversable/llama-cpp'
import { z } from 'zod'

/** Prints a line of what was said. */
export type Say = (line: string) => void

/** A chat with a real model, and what must hold of it. Gives what was used. */
export interface Trial {
  readonly name: string
  readonly hold: (model: LlamaCppModel, say: Say) => Promise<Pick<Usage, 'outputTokens'>>
}

const SHORT: Omit<LlmConfig, 'model'> = Object.freeze({ temperature: 0.7, seed: 7, maxOutputTokens: 60 })

/** All trials, the quickest first. */
export const TRIALS: readonly Trial[] = Object.freeze([
  { name: 'two agents talk', hold: twoAgents },
  { name: 'a tool is called by a call that a grammar binds', hold: toolCall },
  { name: 'a result of a schema is given, bound by a grammar', hold: structuredResult },
  { name: 'the model picks the speaker of a group', hold: groupChat },
])

async function twoAgents(model: LlamaCppModel, say: Say): Promise<Usage> {
  const teacher = new AssistantAgent({
    name: 'teacher',
    systemMessage: 'You are a teacher. Ask one short question about geography, or answer one in a sentence.',
    llmConfig: { model, ...SHORT },
  })
  const pupil = new AssistantAgent({
    name: 'pupil',
    systemMessage: 'You are a pupil. Answer in one short sentence.',
    llmConfig: { model, ...SHORT, seed: 8 },
  })

  const { chatHistory, stopReason, usage } = await teacher.initiateChat(pupil, {
    message: 'What is the capital of France?',
    maxTurns: 2,
  })

  for (const { name, content } of chatHistory) say(`${name}: ${textOf({ content })}`)
  assert.equal(chatHistory.length, 4)
  assert.equal(stopReason.rule, 'max-turns')
  assert.ok(chatHistory.every(({ content }) => typeof content === 'string' && content.trim() !== ''))
  assert.equal(usage.calls, 3)
  return usage
}

async function toolCall(model: LlamaCppModel, say: Say): Promise<Usage> {
  const seen: unknown[] = []
  const add = tool({
    name: 'add',
    description: 'Adds two numbers.',
    parameters: {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'integer' } },
      required: ['a', 'b'],
      additionalProperties: false,
    },
    execute: (input) => {
      seen.push(input)
      const { a, b } = input as { readonly a: number; readonly b: number }
      return String(a + b)
    },
  })
  const assistant = new AssistantAgent({
    name: 'assistant',
    systemMessage: 'You add numbers with the tool.',
    llmConfig: { model, ...SHORT, temperature: 0, toolChoice: 'required' },
  }).registerForLLM(add)
  const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER' }).registerForExecution(add)

  const { chatHistory, usage } = await user.initiateChat(assistant, { message: 'Add 2 and 3.', maxTurns: 2 })

  const call = chatHistory[1]?.toolCalls?.[0]
  const result = chatHistory[2]?.toolResults?.[0]
  say(`assistant: ${call?.name}(${call?.arguments})`)
  say(`user: ${result?.content}`)
  assert.equal(call?.name, 'add')
  assert.equal(result?.isError, false)
  // Checked against the schema before the tool was run.
  assert.deepEqual(JSON.parse(call?.arguments ?? ''), seen[0])
  return usage
}

async function structuredResult(model: LlamaCppModel, say: Say): Promise<Usage> {
  const clerk = new AssistantAgent({
    name: 'clerk',
    systemMessage: 'You answer in one short sentence.',
    llmConfig: { model, ...SHORT, temperature: 0 },
  })
  const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER' })

  const { output, chatHistory, usage } = await user.initiateChat(clerk, {
    message: 'Which city is the capital of France, and is it large?',
    maxTurns: 1,
    output: { schema: z.object({ city: z.string().max(30), isLarge: z.boolean() }) },
  })

  say(`clerk: ${textOf(chatHistory.at(-1) ?? {})}`)
  say(`output: ${JSON.stringify(output)}`)
  assert.deepEqual(Object.keys(output).toSorted(), ['city', 'isLarge'])
  assert.equal(typeof output.city, 'string')
  assert.equal(typeof output.isLarge, 'boolean')
  return usage
}

async function groupChat(model: LlamaCppModel, say: Say): Promise<Usage> {
  const members = ['poet', 'farmer', 'sailor'].map(
    (name) =>
      new AssistantAgent({
        name,
        systemMessage: `You are a ${name}. Say one short sentence about the weather.`,
        llmConfig: { model, ...SHORT },
      }),
  )
  const manager = new GroupChatManager({
    name: 'manager',
    groupChat: { agents: members, maxRound: 4 },
    llmConfig: { model, temperature: 0, maxOutputTokens: 40 },
  })
  const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER' })
  const picked: { readonly speaker: string; readonly rule: string; readonly requests: number }[] = []

  const run = user.initiateChat(manager, { message: 'What do you say to the rain?' })
  run.subscribe((event) => {
    if (event.type === 'speaker-select') picked.push(event)
  })
  const { chatHistory, stopReason, usage } = await run

  for (const { speaker, rule, requests } of picked) say(`picked ${speaker} (${rule}, requests: ${requests})`)
  for (const { name, content } of chatHistory) say(`${name}: ${textOf({ content })}`)
  assert.equal(stopReason.rule, 'max-rounds')
  assert.equal(picked.length, 3)
  // The grammar leaves nothing but names, so the first request always decides.
  assert.ok(picked.every(({ rule, requests }) => rule === 'auto' && requests === 1))
  return usage
}
