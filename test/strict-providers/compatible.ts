import { z } from 'zod'
import { askedInChat, callSchema, chatBody, chatEvents, checkAnswers } from './chat-messages.ts'
import { must, parsed } from './refusal.ts'
import type { StrictProvider } from './strict-server.ts'

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: z.string() }),
  z.strictObject({ role: z.literal('user'), content: z.string() }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.string().nullable(),
    reasoning_content: z.string().optional(),
    tool_calls: z.array(callSchema).min(1).optional(),
  }),
  z.strictObject({ role: z.literal('tool'), content: z.string(), tool_call_id: z.string() }),
])
const body = chatBody.extend({ messages: z.array(message).min(1) })

/**
 * A server of open models that speaks OpenAI's protocol and puts messages into the model's template, as llama.cpp and
 * vLLM do. The rules are those of the templates of Mistral and Gemma.
 */
export function compatible(): StrictProvider {
  let calls = 0
  return {
    path: '/chat/completions',
    read(request) {
      const asked = parsed(body, request.body)
      checkAnswers(asked.messages)
      checkTemplate(asked.messages)
      return askedInChat(asked, asked.messages)
    },
    write: (answer, { model }) =>
      chatEvents(answer, {
        model,
        ids: answer.calls?.map(() => `${++calls}`.padStart(32, 'x')) ?? [],
        thought: (piece) => ({ reasoning_content: piece }),
      }),
    refuse: (refusal) => ({ error: { message: refusal.message, type: 'BadRequestError', param: null, code: 400 } }),
  }
}

/**
 * "After the optional system message, conversation roles must alternate user/assistant/user/assistant/...": calls and
 * results are not counted. A late system message is "System message must be at the beginning."
 */
function checkTemplate(messages: readonly z.infer<typeof message>[]): void {
  let turn = 0
  for (const [index, one] of messages.entries()) {
    if (one.role === 'system') must(index === 0, 'System message must be at the beginning.')
    else if (one.role === 'user' || (one.role === 'assistant' && !one.tool_calls)) {
      must(
        (one.role === 'user') === (turn++ % 2 === 0),
        'After the optional system message, conversation roles must alternate user/assistant/user/assistant/... ' +
          `(messages[${index}] is of role ${one.role})`,
      )
    }
  }
}
