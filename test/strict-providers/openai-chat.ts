import { z } from 'zod'
import { askedInChat, callSchema, chatBody, chatEvents, checkAnswers, content } from './chat-messages.ts'
import { must, parsed } from './refusal.ts'
import type { StrictProvider } from './strict-server.ts'

// "Invalid 'messages[1].name': string does not match pattern. Expected a string that matches the pattern '^[^\s<|\\/>]+$'."
const name = z
  .string()
  .regex(/^[^\s<|\\/>]{1,64}$/)
  .optional()

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.enum(['system', 'developer']), content, name }),
  z.strictObject({ role: z.literal('user'), content, name }),
  z
    .strictObject({
      role: z.literal('assistant'),
      content: content.nullable().optional(),
      name,
      // "[] is too short - 'messages.1.tool_calls'", "string too long. Expected a string with maximum length 40"
      tool_calls: z
        .array(callSchema.extend({ id: z.string().min(1).max(40) }))
        .min(1)
        .optional(),
    })
    // "Invalid value for 'content': expected a string, got null."
    .refine((one) => typeof one.content === 'string' || Array.isArray(one.content) || one.tool_calls !== undefined, {
      error: 'expected a string, got null.',
      path: ['content'],
    }),
  z.strictObject({ role: z.literal('tool'), content, tool_call_id: z.string() }),
])

const body = chatBody.extend({ messages: z.array(message).min(1) })

/** @see https://platform.openai.com/docs/api-reference/chat/create */
export function openaiChat(): StrictProvider {
  let calls = 0
  return {
    path: '/chat/completions',
    read(request) {
      const asked = parsed(body, request.body)
      checkAnswers(asked.messages)
      checkFunctionNames(asked)
      return askedInChat(asked, asked.messages)
    },
    write: (answer, { model }) =>
      chatEvents(answer, {
        model,
        ids: answer.calls?.map(() => `call_${String(++calls).padStart(24, 'a')}`) ?? [],
        // The thoughts of OpenAI's models are not shown in chat completions.
        thought: () => ({}),
      }),
    refuse: (refusal) => ({
      error: { message: refusal.message, type: 'invalid_request_error', param: null, code: null },
    }),
  }
}

/** "Invalid 'tools[0].function.name': string does not match pattern '^[a-zA-Z0-9_-]+$'", which counts for calls, too. */
function checkFunctionNames({ tools = [], messages }: z.infer<typeof body>): void {
  const called = messages.flatMap((one) => (one.role === 'assistant' ? (one.tool_calls ?? []) : []))
  for (const one of [...tools, ...called]) {
    must(
      /^[\w-]{1,64}$/.test(one.function.name),
      `Invalid function name '${one.function.name}': does not match '^[a-zA-Z0-9_-]+$'.`,
    )
  }
}
