import { z } from 'zod'
import { must, parsed } from './refusal.ts'
import { event, piecesOf, type Answer, type StrictProvider } from './strict-server.ts'

const cache = z.unknown().optional()
const text = z.strictObject({ type: z.literal('text'), text: z.string(), cache_control: cache })
const image = z.looseObject({ type: z.enum(['image', 'document']) })
const thinking = z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() })
const toolUse = z.strictObject({
  type: z.literal('tool_use'),
  // "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"
  id: z.string().regex(/^[a-zA-Z0-9_-]+$/),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
  input: z.record(z.string(), z.unknown()),
  cache_control: cache,
})
const toolResult = z.strictObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(z.union([text, image]))]),
  is_error: z.boolean().optional(),
  cache_control: cache,
})
const block = z.discriminatedUnion('type', [text, image, thinking, toolUse, toolResult])
// "Unexpected role "system". The Messages API accepts a top-level `system` parameter"
const message = z.strictObject({ role: z.enum(['user', 'assistant']), content: z.array(block) })
const body = z.looseObject({
  model: z.string(),
  max_tokens: z.number().int().min(1),
  stream: z.literal(true),
  system: z.array(text).optional(),
  messages: z.array(message).min(1, { error: 'at least one message is required' }),
  tools: z.array(z.looseObject({ name: z.string() })).optional(),
  thinking: z.looseObject({ type: z.string(), budget_tokens: z.number().optional() }).optional(),
})
type Body = z.infer<typeof body>
type Block = z.infer<typeof block>

/** @see https://docs.claude.com/en/api/messages, build-with-claude/extended-thinking, agents-and-tools/tool-use */
export function anthropic(): StrictProvider {
  /** By signature: the thought that was signed. */
  const signed = new Map<string, string>()
  let calls = 0
  return {
    path: '/v1/messages',
    read(request) {
      const asked = parsed(body, request.body)
      checkTurns(asked)
      checkTexts(asked)
      checkCalls(asked)
      checkThinking(asked, signed)
      return {
        model: asked.model,
        system: asked.system?.map((part) => part.text).join('\n') ?? '',
        body: JSON.stringify(asked),
        tools: asked.tools?.map((tool) => tool.name) ?? [],
        json: false,
      }
    },
    write(answer, { model }) {
      const signature = `sig-${signed.size}`
      if (answer.thought !== undefined) signed.set(signature, answer.thought)
      return eventsOf(answer, { model, signature, nextId: () => `toolu_${String(++calls).padStart(24, '0')}` })
    },
    refuse: (refusal) => ({
      type: 'error',
      error: { type: 'invalid_request_error', message: refusal.message },
    }),
  }
}

function checkTurns({ messages }: Body): void {
  must(messages[0]?.role === 'user', 'messages: first message must use the "user" role')
  // Of Claude 4.6 and later models, and of all with thinking.
  must(
    messages.at(-1)?.role === 'user',
    'This model does not support assistant message prefill. The conversation must end with a user message.',
  )
}

function checkTexts({ system = [], messages }: Body): void {
  must(
    system.every((part) => part.text !== ''),
    'system: text content blocks must be non-empty',
  )
  for (const [index, { content }] of messages.entries()) {
    must(content.length > 0, `messages.${index}: all messages must have non-empty content`)
    const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []))
    must(
      texts.every((one) => one.trim() !== ''),
      `messages.${index}: text content blocks must contain non-whitespace text`,
    )
  }
}

function checkCalls({ messages, tools }: Body): void {
  const seen = new Set<string>()
  for (const [index, { role, content }] of messages.entries()) {
    const results = content.flatMap((part) => (part.type === 'tool_result' ? [part.tool_use_id] : []))
    const called = index === 0 ? [] : callsOf(messages[index - 1]?.content ?? [])
    must(
      called.every((id) => results.includes(id)),
      `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${called.join(', ')}. ` +
        'Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
    )
    must(
      results.every((id) => called.includes(id)) && (results.length === 0 || role === 'user'),
      `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${results.join(', ')}. ` +
        'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.',
    )
    // "In the user message containing tool results, the tool_result blocks must come first in the content array."
    const firstOther = content.findIndex((part) => part.type !== 'tool_result')
    must(
      firstOther === -1 || content.slice(firstOther).every((part) => part.type !== 'tool_result'),
      `messages.${index}: \`tool_result\` blocks must come first in the content`,
    )
    for (const id of callsOf(content)) {
      must(!seen.has(id), `messages.${index}: \`tool_use\` ids must be unique`)
      seen.add(id)
    }
  }
  must(
    seen.size === 0 || (tools !== undefined && tools.length > 0),
    'Requests which have `tool_use` or `tool_result` blocks in messages must define tools.',
  )
}

function callsOf(content: readonly Block[]): string[] {
  return content.flatMap((part) => (part.type === 'tool_use' ? [part.id] : []))
}

function checkThinking({ messages, thinking: mode, max_tokens }: Body, signed: ReadonlyMap<string, string>): void {
  for (const [index, { content }] of messages.entries()) {
    for (const part of content) {
      must(
        part.type !== 'thinking' || signed.get(part.signature) === part.thinking,
        `messages.${index}: Invalid \`signature\` in \`thinking\` block`,
      )
    }
  }
  if (mode?.type !== 'enabled') return
  must((mode.budget_tokens ?? 0) < max_tokens, '`max_tokens` must be greater than `thinking.budget_tokens`')
  const [first] = startOfLastLoop(messages)?.content ?? []
  must(
    !first || first.type === 'thinking',
    `Expected \`thinking\` or \`redacted_thinking\`, but found \`${first?.type}\`. When \`thinking\` is enabled, a final ` +
      '`assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks).',
  )
}

/** The message with which the model began to call tools, if results of tools come last, or stand in the last message. */
function startOfLastLoop(messages: Body['messages']): Body['messages'][number] | undefined {
  let start: Body['messages'][number] | undefined
  for (let index = messages.length - 2; index >= 0; index -= 2) {
    const called = messages[index]
    if (!called || callsOf(called.content).length === 0) break
    start = called
    if (messages[index - 1]?.content.some((part) => part.type !== 'tool_result')) break
  }
  return start
}

function eventsOf(
  { thought, text: words = '', calls = [] }: Answer,
  { model, signature, nextId }: { readonly model: string; readonly signature: string; readonly nextId: () => string },
): string[] {
  const blocks = [
    ...(thought === undefined
      ? []
      : [
          {
            start: { type: 'thinking', thinking: '' },
            deltas: [
              ...piecesOf(thought).map((piece) => ({ type: 'thinking_delta', thinking: piece })),
              { type: 'signature_delta', signature },
            ],
          },
        ]),
    ...(words === ''
      ? []
      : [
          {
            start: { type: 'text', text: '' },
            deltas: piecesOf(words).map((piece) => ({ type: 'text_delta', text: piece })),
          },
        ]),
    ...calls.map((call) => ({
      start: { type: 'tool_use', id: nextId(), name: call.name, input: {} },
      deltas: [{ type: 'input_json_delta', partial_json: JSON.stringify(call.arguments) }],
    })),
  ]
  const usage = { input_tokens: 10, output_tokens: 5 }
  return [
    named('message_start', {
      message: { type: 'message', id: 'msg_1', model, role: 'assistant', content: [], stop_reason: null, usage },
    }),
    ...blocks.flatMap(({ start, deltas }, index) => [
      named('content_block_start', { index, content_block: start }),
      ...deltas.map((delta) => named('content_block_delta', { index, delta })),
      named('content_block_stop', { index }),
    ]),
    named('message_delta', { delta: { stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn' }, usage }),
    named('message_stop'),
  ]
}

function named(type: string, fields: object = {}): string {
  return event({ type, ...fields }, type)
}
