import { z } from 'zod'
import { must, parsed, Refusal } from './refusal.ts'
import { piecesOf, type StrictProvider } from './strict-server.ts'

/** Messages as Go reads them: content is a text, arguments are an object. */
const message = z.looseObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string(),
  thinking: z.string().optional(),
  tool_calls: z
    .array(
      z.looseObject({ function: z.looseObject({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }) }),
    )
    .optional(),
})
const body = z.looseObject({
  model: z.string(),
  messages: z.array(message),
  stream: z.literal(true),
  think: z.boolean().optional(),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).optional(),
  format: z.unknown().optional(),
})

/** What each model can do, as `ollama show` tells it. */
const MODELS: Readonly<Record<string, readonly ('tools' | 'thinking')[]>> = {
  'llama3.2': ['tools'],
  qwen3: ['tools', 'thinking'],
  gemma3: [],
}

/** @see https://github.com/ollama/ollama/blob/main/docs/api.md */
export function ollama(): StrictProvider {
  return {
    path: '/api/chat',
    read(request) {
      const asked = parsed(body, request.body)
      const { model, messages, tools = [], think } = asked
      const abilities = MODELS[model]
      if (!abilities) throw new Refusal(`model '${model}' not found`, 404)
      must(
        tools.length === 0 || abilities.includes('tools'),
        `registry.ollama.ai/library/${model}:latest does not support tools`,
      )
      must(think !== true || abilities.includes('thinking'), `"${model}" does not support thinking`)
      return {
        model,
        system: messages.flatMap((one) => (one.role === 'system' ? [one.content] : [])).join('\n'),
        body: JSON.stringify(asked),
        tools: tools.map((tool) => tool.function.name),
        json: asked.format !== undefined,
      }
    },
    write({ thought = '', text = '', calls = [] }, { model }) {
      const line = (fields: object): string =>
        `${JSON.stringify({ model, created_at: '2025-01-01T00:00:00Z', done: false, ...fields })}\n`
      return [
        ...piecesOf(thought).map((piece) => line({ message: { role: 'assistant', content: '', thinking: piece } })),
        ...piecesOf(text).map((piece) => line({ message: { role: 'assistant', content: piece } })),
        ...calls.map((call) => line({ message: { role: 'assistant', content: '', tool_calls: [{ function: call }] } })),
        line({
          message: { role: 'assistant', content: '' },
          done: true,
          done_reason: 'stop',
          eval_count: 5,
          prompt_eval_count: 10,
          eval_duration: 1,
        }),
      ]
    },
    refuse: (refusal) => ({ error: refusal.message }),
  }
}
