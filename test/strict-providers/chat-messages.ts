import { z } from 'zod'
import { event, piecesOf, type Answer, type Asked } from './strict-server.ts'
import { must } from './refusal.ts'

const textPart = z.strictObject({ type: z.literal('text'), text: z.string() })
const imagePart = z.looseObject({ type: z.enum(['image_url', 'document_url', 'file', 'input_audio']) })

/** Content as text or parts; parts are never none. */
export const content: z.ZodType<string | { type: string; text?: unknown }[]> = z.union([
  z.string(),
  z.array(z.union([textPart, imagePart])).min(1),
])

/** A call in the form of OpenAI's chat completions, which others took over. Arguments are a text. */
export const callSchema = z.strictObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string(), arguments: z.string() }),
})

/** Tools and what else is common to requests in that form. */
export const chatBody = z.looseObject({
  model: z.string().min(1),
  stream: z.literal(true),
  tools: z
    .array(z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: z.string() }) }))
    .min(1)
    .optional(),
  response_format: z.looseObject({ type: z.string() }).optional(),
})

/** A message in that form, as far as the rules on calls go. */
export interface ChatMessage {
  readonly role: string
  readonly content?: unknown
  readonly tool_calls?: readonly z.infer<typeof callSchema>[] | undefined
  readonly tool_call_id?: string
}

/** The text of a content. */
export function textOfContent(value: unknown): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return ''
  return value.map((part: { text?: unknown }) => (typeof part.text === 'string' ? part.text : '')).join('')
}

/**
 * OpenAI: "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'",
 * and "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'".
 */
export function checkAnswers(messages: readonly ChatMessage[]): void {
  let open = new Set<string>()
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      must(
        message.tool_call_id !== undefined && open.delete(message.tool_call_id),
        `messages[${index}]: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.`,
      )
      continue
    }
    checkAnswered(open)
    open = new Set(message.tool_calls?.map(({ id }) => id))
  }
  checkAnswered(open)
}

function checkAnswered(open: ReadonlySet<string>): void {
  must(
    open.size === 0,
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
      `The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
  )
}

/** What scripts are told of a request in that form. */
export function askedInChat(body: z.infer<typeof chatBody>, messages: readonly ChatMessage[]): Asked {
  return {
    model: body.model,
    system: messages
      .filter(({ role }) => role === 'system' || role === 'developer')
      .map((message) => textOfContent(message.content))
      .join('\n'),
    body: JSON.stringify(body),
    tools: body.tools?.map((tool) => tool.function.name) ?? [],
    json: body.response_format !== undefined && body.response_format.type !== 'text',
  }
}

/** Pieces of an answer in chat completions. Thoughts go where the provider puts them. */
export function chatEvents(
  answer: Answer,
  options: { readonly model: string; readonly ids: readonly string[]; readonly thought: (piece: string) => object },
): string[] {
  const { thought = '', text = '', calls = [] } = answer
  const chunk = (delta: object, finish: string | null = null): string =>
    event({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: options.model,
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...(finish !== null && { usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } }),
    })
  return [
    chunk({ role: 'assistant', content: '' }),
    ...piecesOf(thought).map((piece) => chunk(options.thought(piece))),
    ...piecesOf(text).map((piece) => chunk({ content: piece })),
    ...calls.flatMap((call, index) => {
      const written = JSON.stringify(call.arguments)
      const id = options.ids[index]
      return [
        chunk({
          tool_calls: [{ index, id, type: 'function', function: { name: call.name, arguments: written.slice(0, 5) } }],
        }),
        chunk({ tool_calls: [{ index, function: { arguments: written.slice(5) } }] }),
      ]
    }),
    chunk({}, calls.length > 0 ? 'tool_calls' : 'stop'),
    'data: [DONE]\n\n',
  ]
}
