import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import type { LanguageModelV4 } from '@ai-sdk/provider'

/** How a provider writes its answers, as far as tests of faults need it. */
export interface Dialect {
  /** A model of the provider's own package, asked at that address. */
  model(baseURL: string): LanguageModelV4
  /** An answer with no end, in these pieces. */
  begun(...deltas: readonly string[]): string
  said(text: string): string
  /** An answer that is a call. */
  called(tool: string, args: string): string
  /** An error in the stream. */
  failed(message: string): string
  /** The body of a refusal. */
  refusal(message: string): unknown
}

function events(list: readonly object[]): string {
  return list
    .map((event) => `${'type' in event ? `event: ${String(event.type)}\n` : ''}data: ${JSON.stringify(event)}\n\n`)
    .join('')
}

const chunk = (delta: object, finish: string | null = null): object => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
})
const chatEnd = (finish: string): string =>
  `${events([
    chunk({}, finish),
    { ...chunk({}), choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } },
  ])}data: [DONE]\n\n`

const openAiFailure = (message: string): object => ({
  error: { message, type: 'server_error', param: null, code: null },
})

const chat: Dialect = {
  model: (baseURL) => createOpenAI({ baseURL, apiKey: 'k' }).chat('m'),
  begun: (...deltas) =>
    events([chunk({ role: 'assistant', content: '' }), ...deltas.map((content) => chunk({ content }))]),
  said: (text) => chat.begun(text) + chatEnd('stop'),
  called: (name, args) =>
    events([
      chunk({
        role: 'assistant',
        content: null,
        tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name, arguments: args } }],
      }),
    ]) + chatEnd('tool_calls'),
  failed: (message) => events([openAiFailure(message)]),
  refusal: openAiFailure,
}

const item = { type: 'message', id: 'i1', status: 'in_progress', role: 'assistant', content: [] }
const created = { type: 'response.created', response: { id: 'r1', created_at: 1, model: 'm' } }
const responsesEnd = {
  type: 'response.completed',
  response: { id: 'r1', created_at: 1, model: 'm', usage: { input_tokens: 3, output_tokens: 2 } },
}

const responses: Dialect = {
  model: (baseURL) => createOpenAI({ baseURL, apiKey: 'k' }).responses('m'),
  begun: (...deltas) =>
    events([
      created,
      { type: 'response.output_item.added', output_index: 0, item },
      ...deltas.map((delta) => ({ type: 'response.output_text.delta', item_id: 'i1', output_index: 0, delta })),
    ]),
  said: (text) =>
    responses.begun(text) + events([{ type: 'response.output_item.done', output_index: 0, item }, responsesEnd]),
  called: (name, args) => {
    const call = { type: 'function_call', id: 'i1', call_id: 'call_1', name, arguments: args, status: 'completed' }
    return events([
      created,
      { type: 'response.output_item.added', output_index: 0, item: { ...call, arguments: '' } },
      { type: 'response.output_item.done', output_index: 0, item: call },
      responsesEnd,
    ])
  },
  failed: (message) =>
    events([
      {
        type: 'error',
        sequence_number: 1,
        error: { type: 'server_error', code: 'server_error', message, param: null },
      },
    ]),
  refusal: openAiFailure,
}

const messageStart = {
  type: 'message_start',
  message: {
    id: 'm1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [],
    stop_reason: null,
    usage: { input_tokens: 3, output_tokens: 1 },
  },
}
const messageEnd = (reason: string): object[] => [
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: 2 } },
  { type: 'message_stop' },
]
const messagesFailure = (message: string): object => ({ type: 'error', error: { type: 'overloaded_error', message } })

const messages: Dialect = {
  model: (baseURL) => createAnthropic({ baseURL, apiKey: 'k' })('m'),
  begun: (...deltas) =>
    events([
      messageStart,
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      ...deltas.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    ]),
  said: (text) => messages.begun(text) + events(messageEnd('end_turn')),
  called: (name, args) =>
    events([
      messageStart,
      { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 'call_1', name, input: {} } },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: args } },
      ...messageEnd('tool_use'),
    ]),
  failed: (message) => events([messagesFailure(message)]),
  refusal: (message) => ({ type: 'error', error: { type: 'invalid_request_error', message } }),
}

/** By what people call them. */
export const dialects: Readonly<Record<string, Dialect>> = Object.freeze({
  'OpenAI chat completions': chat,
  'OpenAI responses': responses,
  'Anthropic messages': messages,
})
