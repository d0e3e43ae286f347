import { z } from 'zod'
import { askedInChat, callSchema, chatBody, chatEvents, content } from './chat-messages.ts'
import { must, parsed } from './refusal.ts'
import type { StrictProvider } from './strict-server.ts'

const chunk = z.union([
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({
    type: z.literal('thinking'),
    thinking: z.array(z.strictObject({ type: z.literal('text'), text: z.string() })).min(1),
    closed: z.boolean().optional(),
  }),
])
const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content }),
  z.strictObject({ role: z.literal('user'), content }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(chunk).min(1)]),
    prefix: z.boolean().optional(),
    tool_calls: z.array(callSchema).optional(),
  }),
  z.strictObject({ role: z.literal('tool'), content, tool_call_id: z.string(), name: z.string().optional() }),
])
const body = chatBody.extend({ messages: z.array(message).min(1) })
type Message = z.infer<typeof message>

/** Who may speak after whom, as in Mistral's own validator (mistral-common, `_validate_message_order`). */
const NEXT: Readonly<Record<Message['role'], readonly Message['role'][]>> = {
  system: ['user', 'assistant', 'system'],
  user: ['assistant', 'system', 'user'],
  assistant: ['assistant', 'user', 'tool'],
  tool: ['assistant', 'tool'],
}

/** @see https://docs.mistral.ai/api and mistral-common, the validator behind it */
export function mistral(): StrictProvider {
  let calls = 0
  return {
    path: '/chat/completions',
    read(request) {
      const asked = parsed(body, request.body)
      checkOrder(asked.messages)
      checkCalls(asked.messages)
      return askedInChat(asked, asked.messages)
    },
    write: (answer, { model }) =>
      chatEvents(answer, {
        model,
        ids: answer.calls?.map(() => `mC${String(++calls).padStart(7, '0')}`) ?? [],
        thought: (piece) => ({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: piece }] }] }),
      }),
    refuse: (refusal) => ({
      object: 'error',
      message: refusal.message,
      type: 'invalid_request_message_order',
      param: null,
      code: '3230',
    }),
  }
}

function checkOrder(messages: readonly Message[]): void {
  for (const [index, { role }] of messages.entries()) {
    const before = messages[index - 1]?.role
    must(
      before === undefined || NEXT[before].includes(role),
      `Unexpected role '${role}' after role '${before}' (messages[${index}])`,
    )
  }
  const last = messages.at(-1)
  must(
    last?.role === 'user' || last?.role === 'tool' || (last?.role === 'assistant' && last.prefix === true),
    `Expected last role User or Tool (or Assistant with prefix True) for serving but got ${last?.role}`,
  )
}

function checkCalls(messages: readonly Message[]): void {
  let expected = 0
  for (const one of messages) {
    if (one.role === 'tool') {
      checkId(one.tool_call_id)
      expected--
      must(expected >= 0, 'Not the same number of function calls and responses')
      continue
    }
    must(expected === 0, 'Not the same number of function calls and responses')
    if (one.role !== 'assistant') continue
    const { tool_calls: calls = [] } = one
    must(
      one.content.length > 0 || calls.length > 0,
      'Assistant message must have either content or tool_calls, but not none.',
    )
    for (const call of calls) {
      checkId(call.id)
      must(
        /^[\w-]{1,64}$/.test(call.function.name),
        `Function name was ${call.function.name} but must be a-z, A-Z, 0-9`,
      )
    }
    expected = calls.length
  }
}

function checkId(id: string): void {
  must(/^[a-zA-Z0-9]{9}$/.test(id), `Tool call id was ${id} but must be a-z, A-Z, 0-9, with a length of 9.`)
}
