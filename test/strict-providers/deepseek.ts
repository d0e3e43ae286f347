import { z } from 'zod'
import { askedInChat, callSchema, chatBody, chatEvents, checkAnswers, content } from './chat-messages.ts'
import { must, parsed } from './refusal.ts'
import type { StrictProvider } from './strict-server.ts'

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: z.string() }),
  z.strictObject({ role: z.literal('user'), content }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.string().nullable(),
    prefix: z.boolean().optional(),
    reasoning_content: z.string().optional(),
    tool_calls: z.array(callSchema).min(1).optional(),
  }),
  z.strictObject({ role: z.literal('tool'), content, tool_call_id: z.string() }),
])
const body = chatBody.extend({ messages: z.array(message).min(1) })
type Message = z.infer<typeof message>

/**
 * @see https://api-docs.deepseek.com/guides/thinking_mode and, for `deepseek-reasoner`,
 *   https://api-docs.deepseek.com/guides/reasoning_model
 */
export function deepseek(): StrictProvider {
  /** By the id of a call: what the model thought before it. */
  const thoughts = new Map<string, string>()
  return {
    path: '/chat/completions',
    read(request) {
      const asked = parsed(body, request.body)
      checkAnswers(asked.messages)
      if (asked.model === 'deepseek-reasoner') checkReasoner(asked.messages)
      if (asked.model !== 'deepseek-chat') checkThoughts(asked, thoughts)
      return askedInChat(asked, asked.messages)
    },
    write(answer, { model }) {
      const ids = answer.calls?.map((_call, index) => `call_00_${thoughts.size + index}`) ?? []
      for (const id of ids) thoughts.set(id, answer.thought ?? '')
      return chatEvents(answer, { model, ids, thought: (piece) => ({ reasoning_content: piece }) })
    },
    refuse: (refusal) => ({
      error: { message: refusal.message, type: 'invalid_request_error', param: null, code: 'invalid_request_error' },
    }),
  }
}

function checkReasoner(messages: readonly Message[]): void {
  for (const [index, { role }] of messages.entries()) {
    must(
      (role !== 'user' && role !== 'assistant') || messages[index - 1]?.role !== role,
      `deepseek-reasoner does not support successive user or assistant messages (messages[${index - 1}] and ` +
        `messages[${index}] in your input). You should interleave the user/assistant messages in the message sequence.`,
    )
  }
  const last = messages.at(-1)
  must(
    last?.role === 'user' || last?.role === 'tool' || (last?.role === 'assistant' && last.prefix === true),
    'The last message of deepseek-reasoner must be a user message, or an assistant message with prefix mode on',
  )
  const lastUser = messages.findLastIndex(({ role }) => role === 'user')
  for (const [index, one] of messages.entries()) {
    // "If the reasoning_content field is included in the sequence of input messages, the API will return a 400 error":
    // of earlier turns, since tools were added.
    must(
      one.role !== 'assistant' || one.reasoning_content === undefined || index > lastUser,
      `reasoning_content of an earlier turn at message index ${index} must be left out.`,
    )
  }
}

/** "The reasoning_content in the thinking mode must be passed back to the API", fully, where there were tool calls. */
function checkThoughts({ model, messages }: z.infer<typeof body>, thoughts: ReadonlyMap<string, string>): void {
  const lastUser = messages.findLastIndex(({ role }) => role === 'user')
  for (const [index, one] of messages.entries()) {
    if (one.role !== 'assistant' || !one.tool_calls) continue
    if (model === 'deepseek-reasoner' && index < lastUser) continue
    must(
      one.reasoning_content !== undefined,
      `Missing \`reasoning_content\` field in the assistant message at message index ${index}.`,
    )
    const thought = thoughts.get(one.tool_calls[0]?.id ?? '')
    must(
      thought === undefined || thought === one.reasoning_content,
      `The reasoning_content at message index ${index} must be passed back as it was.`,
    )
  }
}
