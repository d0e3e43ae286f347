import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import { AssistantAgent, GroupChatManager, OutputError, textOf, tool, type ChatEvent } from 'conversable'
import { ScriptedModel, type Script } from 'conversable/testing'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { echo, proxy, scripted } from './support.ts'

const schema = z.object({ city: z.string(), people: z.number().int().positive(), note: z.string().optional() })
const ROME = '{"city":"Rome","people":2800000}'

describe('the output of a chat', () => {
  test('is what a model makes of the whole chat, typed and checked', async () => {
    const { agent, model } = scripted('assistant', ['Rome has 2.8 million people.', ROME])
    const result = await proxy().initiateChat(agent, { message: 'Which is larger?', maxTurns: 1, output: { schema } })
    const { city, people } = result.output
    expect([city.toUpperCase(), people + 1]).toEqual(['ROME', 2_800_001])
    // It is no message.
    expect(result.chatHistory).toHaveLength(2)
    const request = model.requests[1]
    expect(request?.providerOptions).toEqual({ conversable: { agent: 'assistant', purpose: 'output' } })
    expect(request?.prompt.at(0)).toEqual({
      role: 'system',
      content: expect.stringMatching(/^Answer with one JSON object .*:\n\{"type":"object","properties":\{"city"/s),
    })
    expect(request?.prompt.at(-1)).toEqual({
      role: 'user',
      content: [{ type: 'text', text: 'Give the result of the conversation above.' }],
    })
  })

  test('is the last message, without a further request, if that fits', async () => {
    const { agent, model } = scripted('assistant', [`Here: ${ROME}`])
    const { output } = await proxy().initiateChat(agent, { message: 'Which?', maxTurns: 1, output: { schema } })
    expect(output).toEqual({ city: 'Rome', people: 2_800_000 })
    expect(model.requests).toHaveLength(1)
  })

  test.each([
    ['zod', { schema: z.object({ n: z.number() }) }],
    ['Valibot', { schema: toStandardJsonSchema(v.object({ n: v.number() })) }],
    ['ArkType', { schema: type({ n: 'number' }) }],
    ['JSON Schema', { schema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] } }],
  ])('may be described with %s', async (_library, output) => {
    const { agent } = scripted('assistant', ['well', '{"n":"1"}', '{"n":1}'])
    const result = await proxy().initiateChat(agent, { message: 'go', maxTurns: 1, output })
    expect(result.output).toEqual({ n: 1 })
  })

  test('is asked for again with what is wrong, and each rejection is told', async () => {
    const { agent, model } = scripted('assistant', ['Hm.', '{"city":"Rome","people":-1}', 'Rome, I think.', ROME])
    const events: ChatEvent[] = []
    const run = proxy().initiateChat(agent, { message: 'Which?', maxTurns: 1, output: { schema } })
    const { output } = await run.subscribe((event) => events.push(event))
    expect(output).toEqual({ city: 'Rome', people: 2_800_000 })
    const rejected = events.flatMap((event) => (event.type === 'output-reject' ? [event.problems] : []))
    expect(rejected).toEqual([[expect.stringMatching(/^people: /)], ['The answer is no JSON object.']])
    expect(
      model.prompts[3]?.slice(-4).map(({ role, content }) => [role, (content as { text: string }[])[0]?.text]),
    ).toEqual([
      ['assistant', '{"city":"Rome","people":-1}'],
      ['user', expect.stringMatching(/^Your answer does not fit:\n- people: .*\nAnswer again/)],
      ['assistant', 'Rome, I think.'],
      [
        'user',
        'Your answer does not fit:\n- The answer is no JSON object.\nAnswer again, with the whole JSON object and nothing else.',
      ],
    ])
  })

  test.each([
    [0, 1],
    [1, 2],
    [2, 3],
  ])('fails after %i repairs and %i requests, and the transcript is kept', async (maxRepairs, requests) => {
    const { agent, model } = scripted('assistant', (_request, index) => (index === 0 ? 'Rome.' : 'No.'))
    const run = proxy().initiateChat(agent, { message: 'Which?', maxTurns: 1, output: { schema, maxRepairs } })
    const error = await run.then(undefined, (thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(OutputError)
    expect(error).toMatchObject({
      code: 'output',
      agent: 'assistant',
      text: 'No.',
      problems: ['The answer is no JSON object.'],
      message: `Agent "assistant" gave no result that fits its schema in ${requests} requests. It said "No." at last: The answer is no JSON object. Raise maxRepairs, loosen the schema, or take a stronger model.`,
    })
    const outcome = await run.outcome
    expect(outcome.chatHistory.map(textOf)).toEqual(['Which?', 'Rome.'])
    expect(outcome.stopReason.rule).toBe('error')
    expect(outcome.usage.calls).toBe(1 + requests)
    expect(model.requests).toHaveLength(1 + requests)
  })

  test('fits a context window, and keeps the question and what was wrong', async () => {
    const model = new ScriptedModel((_request, index) =>
      index < 30 ? 'word '.repeat(40) : index === 30 ? 'No.' : ROME,
    )
    const llmConfig = { model, contextWindow: { maxInputTokens: 1_200 } }
    const agent = new AssistantAgent({ name: 'assistant', systemMessage: 'Be brief.', llmConfig })
    const user = proxy({ defaultAutoReply: 'more '.repeat(40) })
    const chat = { message: 'Which?', maxTurns: 30, noProgress: false as const, output: { schema } }
    const { output } = await user.initiateChat(agent, chat)
    expect(output.city).toBe('Rome')
    const last = model.prompts.at(-1)
    expect(last?.length).toBeLessThan(20)
    expect(
      last?.slice(-3).map(({ role, content }) => [role, (content as { text: string }[])[0]?.text.slice(0, 24)]),
    ).toEqual([
      ['user', 'Give the result of the c'],
      ['assistant', 'No.'],
      ['user', 'Your answer does not fit'],
    ])
  })

  test('is asked of the manager in a group', async () => {
    const model = new ScriptedModel([ROME])
    const manager = new GroupChatManager({
      name: 'manager',
      llmConfig: { model },
      groupChat: {
        agents: [echo('a', 'I am a.'), echo('b', 'I am b.')],
        maxRound: 3,
        speakerSelectionMethod: 'round_robin',
      },
    })
    const { output } = await proxy().initiateChat(manager, { message: 'Talk.', output: { schema } })
    expect(output.city).toBe('Rome')
    expect(model.requests[0]?.prompt).toHaveLength(5)
  })

  test.each([
    ['no model', echo('b', 'hi'), { schema }, 'output-needs-model', 'neither agent has a model'],
    ['a list', scripted('b', []).agent, { schema: z.array(z.string()) }, 'invalid-output', 'are of type "array"'],
    [
      'a wrong option',
      scripted('b', []).agent,
      { schema, maxRepair: 1 },
      'unknown-option',
      'Did you mean "maxRepairs"?',
    ],
    ['a wrong count', scripted('b', []).agent, { schema, maxRepairs: -1 }, 'invalid-option', 'has -1 as maxRepairs'],
    [
      'a wrong choice',
      scripted('b', []).agent,
      { schema, structuredOutput: 'yes' as 'auto' },
      'invalid-option',
      '"yes"',
    ],
  ])('is refused with %s before the chat begins', (_what, recipient, output, code, text) => {
    const start = () => proxy().initiateChat(recipient, { message: 'go', output: output as { schema: typeof schema } })
    expect(start).toThrow(expect.objectContaining({ code, message: expect.stringContaining(text) }))
  })
})

describe('an agent with an output', () => {
  function asked(script: Script, structuredOutput: 'auto' | 'always' | 'never' = 'auto') {
    const model = new ScriptedModel(script)
    const output = { schema, structuredOutput }
    return {
      agent: new AssistantAgent({ name: 'clerk', systemMessage: 'Be exact.', llmConfig: { model }, output }),
      model,
    }
  }

  test('replies with JSON alone, which a chat of the same output takes as it is', async () => {
    const { agent, model } = asked(['Sure:\n```json\n{"city":"Rome","people":2800000}\n```'])
    const deltas: string[] = []
    const run = proxy().initiateChat(agent, { message: 'Which?', maxTurns: 1, output: { schema } })
    const result = await run.subscribe((event) => event.type === 'text-delta' && deltas.push(event.delta))
    expect(result.summary).toBe(ROME)
    expect(result.output.people).toBe(2_800_000)
    expect(deltas.join('')).toBe(ROME)
    expect(model.requests).toHaveLength(1)
    expect(model.prompts[0]?.[0]?.content).toMatch(
      /^Be exact\.\n\nAnswer with one JSON object that fits this JSON Schema/,
    )
  })

  test('is asked again with what is wrong; nothing of what was rejected is in the transcript, nor told as a message', async () => {
    const { agent } = asked(['{"city":1}', ROME])
    const events: ChatEvent[] = []
    const run = proxy().initiateChat(agent, { message: 'Which?', maxTurns: 1 })
    const result = await run.subscribe((event) => events.push(event))
    expect(result.chatHistory.map(textOf)).toEqual(['Which?', ROME])
    expect(events.flatMap((event) => (event.type === 'text-delta' ? [event.delta] : []))).toEqual([ROME])
    expect(events.filter((event) => event.type === 'output-reject')).toMatchObject([
      { agent: 'clerk', text: '{"city":1}' },
    ])
  })

  test('ends the chat with an error when nothing fits', async () => {
    const { agent } = asked(() => 'no')
    const run = proxy().initiateChat(agent, { message: 'Which?', maxTurns: 1 })
    await expect(run).rejects.toThrow('Agent "clerk" gave no result that fits its schema in 3 requests.')
    expect((await run.outcome).chatHistory).toHaveLength(1)
  })

  test('may call tools first', async () => {
    const look = tool({ name: 'look', description: 'Looks.', parameters: z.object({}), execute: () => 'seen' })
    const { agent, model } = asked([{ text: 'Let me look.', toolCalls: [{ id: 'l', name: 'look' }] }, ROME])
    agent.registerForLLM(look)
    const user = proxy().registerForExecution(look)
    const calls: string[] = []
    const run = user.initiateChat(agent, { message: 'Which?', maxTurns: 2 })
    const result = await run.subscribe((event) => event.type === 'tool-call' && calls.push(event.call.id))
    expect(result.chatHistory.map(textOf)).toEqual(['Which?', 'Let me look.', 'seen', ROME])
    expect(calls).toEqual(['l'])
    expect(model.requests).toHaveLength(2)
  })

  test('asks a provider that offers it for JSON of a strict schema, and tells it nothing in words', async () => {
    const { agent, model } = asked(['{"city":"Rome","people":1,"note":null}'], 'always')
    const { output } = await proxy().initiateChat(agent, { message: 'Which?', maxTurns: 1, output: { schema } })
    expect(output).toEqual({ city: 'Rome', people: 1 })
    expect(model.requests[0]?.responseFormat).toMatchObject({
      type: 'json',
      name: 'output',
      schema: { required: ['city', 'people', 'note'], additionalProperties: false },
    })
    expect(model.prompts[0]?.[0]).toEqual({ role: 'system', content: 'Be exact.' })
  })

  test('is refused without a model', () => {
    expect(() => new AssistantAgent({ name: 'clerk', output: { schema } })).toThrow(
      'is to give an output, but has no model',
    )
  })
})
