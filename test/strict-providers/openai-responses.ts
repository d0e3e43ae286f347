import { z } from 'zod'
import { textOfContent } from './chat-messages.ts'
import { must, parsed, Refusal } from './refusal.ts'
import { event, piecesOf, type Answer, type AnsweredCall, type StrictProvider } from './strict-server.ts'

const parts = z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).min(1)
const content = z.union([z.string(), parts])
const call = z.strictObject({
  type: z.literal('function_call'),
  id: z.string().startsWith('fc_').optional(),
  // "Invalid 'input[2].call_id': string too long. Expected a string with maximum length 64"
  call_id: z.string().min(1).max(64),
  name: z.string().regex(/^[a-zA-Z0-9_-]+$/),
  arguments: z.string(),
})
const item = z.union([
  z.strictObject({ role: z.enum(['system', 'developer', 'user']), content }),
  z.strictObject({ role: z.literal('assistant'), content, phase: z.string().optional() }),
  call,
  z.strictObject({ type: z.literal('function_call_output'), call_id: z.string(), output: content }),
  z.strictObject({
    type: z.literal('reasoning'),
    id: z.string().startsWith('rs_').optional(),
    encrypted_content: z.string(),
    summary: z.array(z.strictObject({ type: z.literal('summary_text'), text: z.string() })),
  }),
  z.strictObject({ type: z.literal('item_reference'), id: z.string() }),
])
const body = z.looseObject({
  model: z.string(),
  stream: z.literal(true),
  store: z.boolean().optional(),
  include: z.array(z.string()).optional(),
  input: z.array(item).min(1),
  tools: z.array(z.looseObject({ name: z.string() })).optional(),
  text: z.looseObject({ format: z.looseObject({ type: z.string() }).optional() }).optional(),
})
type Item = z.infer<typeof item>

/** What the model said before, as the server keeps it. */
interface Stored {
  readonly id: string
  readonly type: 'reasoning' | 'message' | 'function_call'
  readonly callId?: string
  readonly encrypted?: string
  /** Items that are not stored cannot be referred to. */
  readonly persisted: boolean
  /** The id of the item that must stand behind, or before. */
  readonly partner?: string
}

/** @see https://platform.openai.com/docs/api-reference/responses and /docs/guides/reasoning */
export function openaiResponses(): StrictProvider {
  const stored = new Map<string, Stored>()
  return {
    path: '/responses',
    read(request) {
      const asked = parsed(body, request.body)
      const items = asked.input.map((one) => resolved(one, stored))
      checkIds(asked.input)
      checkReasoning(items)
      checkCalls(items)
      return {
        model: asked.model,
        system: asked.input.map(systemText).join('\n'),
        body: JSON.stringify(asked),
        tools: asked.tools?.map((tool) => tool.name) ?? [],
        json: asked.text?.format !== undefined && asked.text.format.type !== 'text',
      }
    },
    write(answer, asked) {
      const { store = true, include = [] } = parsed(body, JSON.parse(asked.body))
      const encrypted = include.includes('reasoning.encrypted_content')
      const items = itemsOf(answer, { offset: stored.size, persisted: store, encrypted })
      for (const { kept } of items) stored.set(kept.id, kept)
      return eventsOf(items, asked.model)
    },
    refuse: (refusal) => ({
      error: { message: refusal.message, type: 'invalid_request_error', param: 'input', code: null },
    }),
  }
}

function systemText(one: Item): string {
  return 'role' in one && (one.role === 'system' || one.role === 'developer') ? textOfContent(one.content) : ''
}

/** An item of the input, or the stored one that it is known to be. */
type Resolved = { readonly sent: Item; readonly kept?: Stored }

function resolved(sent: Item, stored: ReadonlyMap<string, Stored>): Resolved {
  const known = [...stored.values()]
  if ('type' in sent && sent.type === 'item_reference') {
    const kept = stored.get(sent.id)
    if (!kept?.persisted) throw new Refusal(`Item with id '${sent.id}' not found.`, 404)
    return { sent, kept }
  }
  if ('type' in sent && sent.type === 'reasoning') {
    const kept = known.find((one) => one.encrypted === sent.encrypted_content)
    must(kept !== undefined, `The encrypted content for item ${sent.id} could not be verified.`)
    return { sent, kept }
  }
  const kept = known.find((one) => 'type' in sent && sent.type === 'function_call' && one.callId === sent.call_id)
  return kept ? { sent, kept } : { sent }
}

function checkIds(items: readonly Item[]): void {
  const seen = new Set<string>()
  for (const one of items) {
    if (!('id' in one) || one.id === undefined) continue
    must(
      !seen.has(one.id),
      `Duplicate item found with id ${one.id}. Remove duplicate items from your input and try again.`,
    )
    seen.add(one.id)
  }
}

function checkReasoning(items: readonly Resolved[]): void {
  for (const [index, { sent, kept }] of items.entries()) {
    const behind = items[index + 1]
    if (kept?.type === 'reasoning') {
      // A message may come as a text without its id.
      const follows =
        behind?.kept?.id === kept.partner ||
        (behind !== undefined && 'role' in behind.sent && behind.sent.role === 'assistant')
      must(follows, `Item '${kept.id}' of type 'reasoning' was provided without its required following item.`)
    }
    const byId = 'id' in sent && sent.id !== undefined && kept && kept.type !== 'reasoning'
    must(
      !byId || kept.partner === undefined || items[index - 1]?.kept?.id === kept.partner,
      `Item '${kept?.id}' of type '${kept?.type}' was provided without its required 'reasoning' item: '${kept?.partner}'.`,
    )
  }
}

function checkCalls(items: readonly Resolved[]): void {
  const open = new Set<string>()
  for (const { sent, kept } of items) {
    const called = 'type' in sent && sent.type === 'function_call' ? sent.call_id : kept?.callId
    if (called !== undefined) open.add(called)
    if ('type' in sent && sent.type === 'function_call_output') {
      must(open.delete(sent.call_id), `No tool call found for function call output with call_id ${sent.call_id}.`)
    }
  }
  must(open.size === 0, `No tool output found for function call ${[...open].join(', ')}.`)
}

/** An item of an answer: what is kept, and its events. */
interface Said {
  readonly kept: Stored
  readonly item: Readonly<Record<string, unknown>>
  readonly deltas: readonly object[]
}

/** How the items of an answer are kept. */
interface Keeping {
  /** How many were kept before. */
  readonly offset: number
  readonly persisted: boolean
  readonly encrypted: boolean
}

/** Each item that was thought of stands behind the item with the thought. */
function itemsOf({ thought, text = '', calls = [] }: Answer, keeping: Keeping): Said[] {
  const items: { readonly said: Said; readonly thought?: string | undefined }[] = [
    ...(text === '' ? [] : [{ said: messageOf(text, keeping) }]),
    ...calls.map((one, index) => ({ said: callOf(one, index, keeping), thought: one.thought })),
  ]
  return items.flatMap(({ said, thought: before }, index) => {
    const words = (index === 0 ? thought : undefined) ?? before
    if (words === undefined) return [said]
    const reasoning = reasoningOf(words, { partner: said.kept.id, index, keeping })
    return [reasoning, { ...said, kept: { ...said.kept, partner: reasoning.kept.id } }]
  })
}

function reasoningOf(
  thought: string,
  { partner, index, keeping }: { readonly partner: string; readonly index: number; readonly keeping: Keeping },
): Said {
  const { offset, persisted, encrypted } = keeping
  const id = `rs_${offset}_${index}`
  const secret = encrypted ? `secret of ${id}` : null
  const of = { item_id: id, summary_index: 0 }
  return {
    kept: { id, type: 'reasoning', partner, persisted, ...(secret !== null && { encrypted: secret }) },
    item: { type: 'reasoning', id, summary: [], encrypted_content: secret },
    deltas: [
      { type: 'response.reasoning_summary_part.added', ...of },
      ...piecesOf(thought).map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...of, delta })),
    ],
  }
}

function messageOf(text: string, { offset, persisted }: Keeping): Said {
  const id = `msg_${offset}`
  return {
    kept: { id, type: 'message', persisted },
    item: { type: 'message', id, role: 'assistant', content: [] },
    deltas: piecesOf(text).map((delta) => ({ type: 'response.output_text.delta', item_id: id, delta })),
  }
}

function callOf({ name: called, arguments: args }: AnsweredCall, index: number, { offset, persisted }: Keeping): Said {
  const id = `fc_${offset}_${index}`
  const callId = `call_${offset}_${index}`
  const written = JSON.stringify(args)
  return {
    kept: { id, type: 'function_call', callId, persisted },
    item: { type: 'function_call', id, call_id: callId, name: called, arguments: written, status: 'completed' },
    deltas: [],
  }
}

function eventsOf(items: readonly Said[], model: string): string[] {
  const response = { id: 'resp_1', created_at: 1, model }
  return [
    event({ type: 'response.created', response }),
    ...items.flatMap(({ item: one, deltas }, index) => [
      event({ type: 'response.output_item.added', output_index: index, item: one }),
      ...deltas.map((delta) => event({ ...delta, output_index: index })),
      event({ type: 'response.output_item.done', output_index: index, item: one }),
    ]),
    event({
      type: 'response.completed',
      response: { ...response, usage: { input_tokens: 10, output_tokens: 5 } },
    }),
  ]
}
