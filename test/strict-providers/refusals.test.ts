import { describe, expect, test } from 'vitest'
import { anthropic } from './anthropic.ts'
import { compatible } from './compatible.ts'
import { deepseek } from './deepseek.ts'
import { gemini } from './gemini.ts'
import { mistral } from './mistral.ts'
import { ollama } from './ollama.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import type { StrictProvider } from './strict-server.ts'

/** What a provider says against a request: nothing if it takes it. */
function refusal(provider: StrictProvider, body: unknown, path = provider.path): string {
  try {
    provider.read({ path, headers: {}, body })
    return 'nothing'
  } catch (error) {
    return (error as Error).message
  }
}

const system = { role: 'system', content: 'S' }
const user = { role: 'user', content: 'a' }
const assistant = { role: 'assistant', content: 'b' }
const called = (id: string, more: object = {}): object => ({
  role: 'assistant',
  content: '',
  tool_calls: [{ id, type: 'function', function: { name: 'look', arguments: '{}' } }],
  ...more,
})
const answered = (id: string): object => ({ role: 'tool', content: 'seen', tool_call_id: id })
const chat =
  (model = 'm') =>
  (...messages: readonly object[]): object => ({ model, stream: true, messages })

describe.each<
  [
    string,
    () => StrictProvider,
    (...messages: readonly object[]) => object,
    readonly (readonly [string, readonly object[]])[],
  ]
>([
  [
    'OpenAI chat completions',
    openaiChat,
    chat(),
    [
      ['nothing', [system, user, assistant, assistant, system]],
      ['nothing', [user, called('1'), answered('1')]],
      ['name', [{ ...user, name: 'two words' }]],
      ['expected a string, got null', [user, { role: 'assistant', content: null }]],
      ['tool_calls', [user, { ...assistant, tool_calls: [] }]],
      ['did not have response messages: 1', [user, called('1'), user]],
      ['did not have response messages: 1', [user, called('1')]],
      ["must be a response to a preceeding message with 'tool_calls'", [user, answered('1')]],
      [
        "must be a response to a preceeding message with 'tool_calls'",
        [user, called('1'), answered('1'), answered('1')],
      ],
      ['tool_calls.0.id', [user, called('x'.repeat(41)), answered('x'.repeat(41))]],
    ],
  ],
  [
    'Mistral',
    mistral,
    chat(),
    [
      ['nothing', [system, user, user, called('abcDEF123'), answered('abcDEF123')]],
      ["Unexpected role 'user' after role 'tool'", [user, called('abcDEF123'), answered('abcDEF123'), user]],
      ["Unexpected role 'system' after role 'assistant'", [user, assistant, system]],
      ['Expected last role User or Tool', [user, assistant]],
      ['Tool call id was call_1', [user, called('call_1'), answered('call_1')]],
      ['Not the same number of function calls and responses', [user, called('abcDEF123'), assistant, user]],
      ['must have either content or tool_calls', [user, { role: 'assistant', content: '' }, user]],
    ],
  ],
  [
    'DeepSeek reasoner',
    deepseek,
    chat('deepseek-reasoner'),
    [
      ['nothing', [system, user, called('1', { reasoning_content: 'Hm.' }), answered('1')]],
      ['does not support successive user or assistant messages', [user, user]],
      ['must be a user message', [user, assistant]],
      [
        'Missing `reasoning_content` field in the assistant message at message index 1',
        [user, called('1'), answered('1')],
      ],
      ['reasoning_content of an earlier turn', [user, { ...assistant, reasoning_content: 'Hm.' }, user]],
    ],
  ],
  [
    'DeepSeek V4',
    deepseek,
    chat('deepseek-v4-pro'),
    [
      ['nothing', [user, called('1', { reasoning_content: '' }), answered('1'), user]],
      ['Missing `reasoning_content` field', [user, called('1'), answered('1'), user]],
    ],
  ],
  [
    'a server with templates',
    compatible,
    chat(),
    [
      ['nothing', [system, user, called('1'), answered('1'), assistant, user]],
      ['System message must be at the beginning', [user, system]],
      ['must alternate user/assistant', [user, user]],
      ['must alternate user/assistant', [user, called('1'), answered('1'), user]],
      ['must alternate user/assistant', [assistant, user]],
    ],
  ],
  [
    'Ollama',
    ollama,
    (...messages) => ({ model: 'gemma3', stream: true, messages }),
    [
      ['nothing', [user, assistant, system]],
      ['messages.0.content', [{ role: 'user', content: [] }]],
      ['messages.0.role', [{ role: 'developer', content: 'a' }]],
      ['arguments', [called('1')]],
    ],
  ],
])('%s', (_name, provider, bodyOf, cases) => {
  test.each(cases)('says %j against request %#', (words, messages) => {
    expect(refusal(provider(), bodyOf(...messages))).toContain(words)
  })
})

const text = (words: string): object => ({ type: 'text', text: words })
const use = { type: 'tool_use', id: 't1', name: 'look', input: {} }
const result = { type: 'tool_result', tool_use_id: 't1', content: 'seen' }
const from = (role: string, ...content: readonly object[]): object => ({ role, content })

test.each<[string, readonly object[], object?]>([
  ['nothing', [from('user', text('a')), from('assistant', text('b')), from('user', text('c'))]],
  ['messages.1.role', [from('user', text('a')), from('system', text('b'))]],
  ['first message must use the "user" role', [from('assistant', text('a')), from('user', text('b'))]],
  ['does not support assistant message prefill', [from('user', text('a')), from('assistant', text('b'))]],
  ['must contain non-whitespace text', [from('user', text(' '))]],
  ['must have non-empty content', [from('user', text('a')), from('assistant'), from('user', text('b'))]],
  ['`tool_use` ids were found without', [from('user', text('a')), from('assistant', use), from('user', text('b'))]],
  ['unexpected `tool_use_id`', [from('user', text('a'), result)]],
  ['must come first', [from('user', text('a')), from('assistant', use), from('user', text('b'), result)]],
  [
    'must be unique',
    [
      from('user', text('a')),
      from('assistant', use),
      from('user', result),
      from('assistant', use),
      from('user', result),
    ],
  ],
  ['must define tools', [from('user', text('a')), from('assistant', use), from('user', result)], { tools: undefined }],
  ['system: text content blocks must be non-empty', [from('user', text('a'))], { system: [text('')] }],
  [
    'Invalid `signature`',
    [
      from('user', text('a')),
      from('assistant', { type: 'thinking', thinking: 'Hm.', signature: 'made up' }),
      from('user', text('b')),
    ],
  ],
  [
    'a final `assistant` message must start with a thinking block',
    [from('user', text('a')), from('assistant', use), from('user', result)],
    { thinking: { type: 'enabled', budget_tokens: 5 } },
  ],
])('Anthropic says %j against request %#', (words, messages, more = {}) => {
  expect(
    refusal(anthropic(), {
      model: 'm',
      max_tokens: 10,
      stream: true,
      tools: [{ name: 'look' }],
      messages,
      ...more,
    }),
  ).toContain(words)
})

const call = { functionCall: { name: 'look', args: {} } }
const response = { functionResponse: { name: 'look', response: {} } }
const parts = (role: string, ...of: readonly object[]): object => ({ role, parts: of })

test.each<[string, readonly object[], string?]>([
  ['nothing', [parts('user', { text: 'a' }), parts('model', call), parts('user', response)]],
  ['contents', []],
  ['contents.0.parts', [parts('user')]],
  ['contents.0.role', [parts('system', { text: 'a' })]],
  ["First content should be with role 'user'", [parts('model', { text: 'a' }), parts('user', { text: 'b' })]],
  ['end with a user role or a function response', [parts('user', { text: 'a' }), parts('model', { text: 'b' })]],
  ['must have a text parameter', [parts('user', { text: '' })]],
  [
    'immediately after a user turn',
    [parts('user', { text: 'a' }), parts('model', { text: 'b' }), parts('model', call), parts('user', response)],
  ],
  ['immediately after a function call turn', [parts('user', { text: 'a' }), parts('user', response)]],
  [
    'number of function response parts',
    [parts('user', { text: 'a' }), parts('model', call, call), parts('user', response)],
  ],
  [
    'missing a thought_signature',
    [parts('user', { text: 'a' }), parts('model', call), parts('user', response)],
    'gemini-3-pro',
  ],
  [
    'nothing',
    [parts('user', { text: 'a' }), parts('model', call), parts('user', response), parts('user', { text: 'b' })],
    'gemini-3-pro',
  ],
  [
    'Corrupted thought signature',
    [parts('user', { text: 'a' }), parts('model', { ...call, thoughtSignature: 'x' }), parts('user', response)],
    'gemini-3-pro',
  ],
])('Gemini says %j against request %#', (words, contents, model = 'gemini-2.5-flash') => {
  expect(refusal(gemini(), { contents }, `/v1beta/models/${model}:streamGenerateContent?alt=sse`)).toContain(words)
})

test.each<[string, readonly object[]]>([
  [
    'nothing',
    [
      { role: 'user', content: 'a' },
      { type: 'item_reference', id: 'rs_0_0' },
      { type: 'item_reference', id: 'msg_0' },
    ],
  ],
  ["Item with id 'rs_9' not found", [{ type: 'item_reference', id: 'rs_9' }]],
  [
    'Duplicate item',
    [
      { type: 'item_reference', id: 'rs_0_0' },
      { type: 'item_reference', id: 'msg_0' },
      { type: 'item_reference', id: 'msg_0' },
    ],
  ],
  [
    "'rs_0_0' of type 'reasoning' was provided without its required following item",
    [
      { type: 'item_reference', id: 'rs_0_0' },
      { role: 'user', content: 'a' },
    ],
  ],
  [
    "'msg_0' of type 'message' was provided without its required 'reasoning' item",
    [{ type: 'item_reference', id: 'msg_0' }],
  ],
  [
    'No tool output found for function call call_9',
    [{ type: 'function_call', call_id: 'call_9', name: 'look', arguments: '{}' }],
  ],
  [
    'No tool call found for function call output',
    [{ type: 'function_call_output', call_id: 'call_9', output: 'seen' }],
  ],
  ['could not be verified', [{ type: 'reasoning', encrypted_content: 'made up', summary: [] }]],
  ['call_id', [{ type: 'function_call', call_id: 'x'.repeat(65), name: 'look', arguments: '{}' }]],
])('OpenAI responses says %j against request %#', (words, input) => {
  const provider = openaiResponses()
  const asked = provider.read({
    path: '/responses',
    headers: {},
    body: { model: 'm', stream: true, input: [{ role: 'user', content: 'a' }] },
  })
  provider.write({ thought: 'Hm.', text: 'b' }, asked)
  expect(refusal(provider, { model: 'm', stream: true, input })).toContain(words)
})

test.each([
  [
    'gemma3',
    { tools: [{ function: { name: 'look' } }] },
    'registry.ollama.ai/library/gemma3:latest does not support tools',
  ],
  ['gemma3', { think: true }, '"gemma3" does not support thinking'],
  ['unheard-of', {}, "model 'unheard-of' not found"],
  ['llama3.2', { tools: [{ function: { name: 'look' } }] }, 'nothing'],
])('Ollama says what %s cannot do: %j', (model, more, words) => {
  expect(refusal(ollama(), { model, stream: true, messages: [user], ...more })).toBe(words)
})
