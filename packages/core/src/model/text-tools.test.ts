import {
  APICallError,
  type LanguageModelV4,
  type LanguageModelV4CallOptions,
  type LanguageModelV4StreamPart,
} from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { ScriptedModel, type ScriptedAnswer } from '../testing/scripted-model.ts'
import { partsOfCall } from '../../../../test/parts-of-call.ts'
import { callOf } from './streamed-call.ts'
import { promptFor } from './prompt.ts'
import { TEXT_TOOLS_PROMPT, textToolsCall } from './text-tools.ts'
import { withTextTools } from './with-text-tools.ts'

const tools: LanguageModelV4CallOptions['tools'] = [
  { type: 'function', name: 'weather', description: 'Says what the weather is like.', inputSchema: { type: 'object' } },
]
const WRITTEN = '```tool_call\n{"name":"weather","arguments":{"town":"Paris"}}\n```'
const user = { role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi.' }] }
const told = TEXT_TOOLS_PROMPT.replace('{tools}', '\nweather: Says what the weather is like.\n{"type":"object"}')

async function partsOf(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
): Promise<LanguageModelV4StreamPart[]> {
  const { stream } = await model.doStream(options)
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

test('the model is told of the tools behind the system message, and offered none', async () => {
  const model = new ScriptedModel(['Yes.'])
  await partsOf(withTextTools(model), {
    prompt: [{ role: 'system', content: 'Be kind.' }, user],
    tools,
    toolChoice: { type: 'auto' },
  })
  expect(model.prompts).toEqual([[{ role: 'system', content: `Be kind.\n\n${told}` }, user]])
  expect(model.requests[0]).not.toHaveProperty('tools')
  expect(model.requests[0]).not.toHaveProperty('toolChoice')
})

test.each([
  [{ type: 'auto' as const }, ''],
  [{ type: 'required' as const }, '\n\nYou must call a tool now.'],
  [{ type: 'tool' as const, toolName: 'weather' }, '\n\nYou must call the tool weather now.'],
  [{ type: 'none' as const }, '\n\nYou must not call a tool now.'],
])('a choice of tools is told behind them: %j', async (toolChoice, demand) => {
  const model = new ScriptedModel(['Yes.'])
  await partsOf(withTextTools(model), { prompt: [user], tools, toolChoice })
  expect(model.prompts[0]?.[0]).toEqual({ role: 'system', content: told + demand })
})

test('without a system message there is one', async () => {
  const model = new ScriptedModel(['Yes.'])
  await partsOf(withTextTools(model), { prompt: [user], tools })
  expect(model.prompts).toEqual([[{ role: 'system', content: told }, user]])
})

test('a request without tools goes as it is', async () => {
  const model = new ScriptedModel([WRITTEN])
  const parts = await partsOf(withTextTools(model), { prompt: [user] })
  expect(model.prompts).toEqual([[user]])
  expect(parts.some((part) => part.type === 'tool-call')).toBe(false)
})

test('calls are found in the answer while it comes, and words are said at once', async () => {
  const model = new ScriptedModel([`Let me see.\n\n${WRITTEN}\n\n${WRITTEN}`])
  const parts = await partsOf(withTextTools(model), { prompt: [user], tools })
  expect(parts.flatMap((part) => (part.type === 'text-delta' ? [part.delta] : [])).join('')).toBe('Let me see.')
  expect(parts.filter((part) => part.type === 'tool-call')).toEqual([
    { type: 'tool-call', toolCallId: 'call_1', toolName: 'weather', input: '{"town":"Paris"}' },
    { type: 'tool-call', toolCallId: 'call_2', toolName: 'weather', input: '{"town":"Paris"}' },
  ])
  expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'tool-calls' } })
})

test('an answer that is wanted as a whole holds its calls, too', async () => {
  const { content, finishReason } = await withTextTools(new ScriptedModel([`Let me see.\n${WRITTEN}`])).doGenerate({
    prompt: [user],
    tools,
  })
  expect(content.map(({ type }) => type)).toEqual(['text', 'tool-call'])
  expect(finishReason.unified).toBe('tool-calls')
})

test('calls of the agent that asks stand in its words, and results in the user’s', async () => {
  const model = new ScriptedModel(['Sun.'])
  const prompt = promptFor('me', [
    { id: '1', name: 'user', content: 'Hi.' },
    {
      id: '2',
      name: 'me',
      content: 'I look.',
      toolCalls: [
        { id: 'a', name: 'weather', arguments: '{"town":"Paris"}' },
        { id: 'b', name: 'weather', arguments: '{}' },
      ],
    },
    {
      id: '3',
      name: 'user',
      content: '',
      toolResults: [
        { callId: 'a', name: 'weather', content: 'sun', isError: false },
        { callId: 'b', name: 'weather', content: 'Which town?', isError: true },
      ],
    },
  ])
  await partsOf(withTextTools(model), { prompt, tools })
  expect(model.prompts[0]?.slice(2).map(({ role, content }) => ({ role, content }))).toEqual([
    {
      role: 'assistant',
      content: [
        { type: 'text', text: `I look.\n\n${WRITTEN}\n\n\`\`\`tool_call\n{"name":"weather","arguments":{}}\n\`\`\`` },
      ],
    },
    { role: 'user', content: [{ type: 'text', text: 'weather answered:\nsun\n\nweather failed:\nWhich town?' }] },
  ])
})

describe('with "auto"', () => {
  /** A model that says this first, then a call. */
  function model(first: ScriptedAnswer): ScriptedModel {
    return new ScriptedModel([first, WRITTEN])
  }
  const refusal = (message: string, status: number): ScriptedAnswer => ({
    error: new APICallError({ message, url: 'http://ollama', requestBodyValues: {}, statusCode: status }),
  })

  test.each([
    ['registry.ollama.ai/library/gemma3:latest does not support tools', 400],
    ['No endpoints found that support tool use.', 404],
    ['`tool calling` is not supported with this model', 400],
    ['"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', 400],
    ['tools param requires --jinja flag', 500],
  ])('a refusal %j makes the request again in words', async (message, status) => {
    const scripted = model(refusal(message, status))
    const parts = await partsOfCall(textToolsCall(callOf(scripted), 'auto'), { prompt: [user], tools })
    expect(scripted.requests.map((request) => request.tools?.length ?? 0)).toEqual([1, 0])
    expect(parts[0]).toEqual({ type: 'stream-start', warnings: [] })
    expect(parts.filter(({ type }) => type === 'tool-call')).toHaveLength(1)
  })

  test('any other refusal stays one', async () => {
    const scripted = model(refusal('The tool weather has a broken schema.', 400))
    const asked = partsOfCall(textToolsCall(callOf(scripted), 'auto'), { prompt: [user], tools })
    await expect(asked).rejects.toThrow('broken schema')
    expect(scripted.requests).toHaveLength(1)
  })

  test('an answer by the provider’s means is taken as it is', async () => {
    const scripted = model(WRITTEN)
    const parts = await partsOfCall(textToolsCall(callOf(scripted), 'auto'), { prompt: [user], tools })
    expect(parts.map(({ type }) => type)).not.toContain('tool-call')
  })
})
