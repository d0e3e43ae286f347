import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider'
import type { Engine } from './engine.ts'
import { grammarSchema } from './grammar-schema.ts'
import { historyOf } from './history.ts'
import type { Chat, GenerateOptions, Generated, Sequence } from './node-llama-cpp.ts'

/** What writes an answer. */
export interface Writing {
  readonly engine: Engine
  readonly chat: Chat
  readonly signal: AbortSignal
}

type Write = (part: LanguageModelV4StreamPart) => void

/** How an answer is bound: free, with calls if the model wants them, to a schema, or to be a call. */
type Binding =
  | { readonly type: 'free'; readonly tools: readonly LanguageModelV4FunctionTool[] }
  | { readonly type: 'schema' | 'call'; readonly schema: Record<string, unknown>; readonly instruction: string }

/** Lets the model answer a request, and writes the parts of the answer as they come. */
export async function writeAnswer(
  request: LanguageModelV4CallOptions,
  write: Write,
  { engine, chat, signal }: Writing,
): Promise<void> {
  signal.throwIfAborted()
  const binding = bindingOf(request)
  const before = meterOf(engine.sequence)
  const text = new TextWriter(write)
  write({ type: 'stream-start', warnings: [] })
  const generated = await chat.generateResponse(historyOf(instructed(request.prompt, binding)), {
    ...settingsOf(request),
    ...(await boundBy(binding, engine)),
    signal,
    // The words of a call that was asked for are not the model's words to anybody.
    onResponseChunk: ({ segmentType, text: piece }) =>
      binding.type === 'call' ? text.keep(piece) : text.add(segmentType === 'thought' ? 'reasoning' : 'text', piece),
  })
  text.end()
  const calls = binding.type === 'call' ? [callIn(text.kept)] : (generated.functionCalls ?? []).map(callOf)
  for (const [index, call] of calls.entries()) {
    write({ type: 'tool-call', toolCallId: `call_${before.total}_${index + 1}`, ...call })
  }
  write({
    type: 'finish',
    finishReason: { unified: reasonOf(generated, calls.length > 0), raw: generated.metadata.stopReason },
    usage: usageOf(engine.sequence, before),
  })
}

function bindingOf({ tools = [], toolChoice, responseFormat }: LanguageModelV4CallOptions): Binding {
  const functions = tools.flatMap((tool) => (tool.type === 'function' ? [tool] : []))
  const named = toolChoice?.type === 'tool' ? functions.filter(({ name }) => name === toolChoice.toolName) : functions
  if ((toolChoice?.type === 'tool' || toolChoice?.type === 'required') && named.length > 0) {
    return { type: 'call', schema: { oneOf: named.map(callSchema) }, instruction: callInstruction(named) }
  }
  if (responseFormat?.type === 'json') {
    const schema = responseFormat.schema ?? { type: 'object', additionalProperties: {} }
    const instruction = `Answer in JSON of this schema: ${JSON.stringify(schema)}`
    return { type: 'schema', schema: grammarSchema(schema), instruction }
  }
  return { type: 'free', tools: toolChoice?.type === 'none' ? [] : functions }
}

/** A grammar holds the answer to its form, and the model still has to be told what is wanted. */
function instructed(prompt: LanguageModelV4Prompt, binding: Binding): LanguageModelV4Prompt {
  return binding.type === 'free' ? prompt : [{ role: 'system', content: binding.instruction }, ...prompt]
}

function callInstruction(tools: readonly LanguageModelV4FunctionTool[]): string {
  const lines = tools.map(
    ({ name, description = '', inputSchema }) => `${name}: ${description} Arguments: ${JSON.stringify(inputSchema)}`,
  )
  return `Answer with a call of one of these functions, as {"name": …, "arguments": …}.\n${lines.join('\n')}`
}

function callSchema({ name, inputSchema }: LanguageModelV4FunctionTool): Record<string, unknown> {
  return { type: 'object', properties: { name: { const: name }, arguments: grammarSchema(inputSchema) } }
}

async function boundBy(binding: Binding, engine: Engine): Promise<Pick<GenerateOptions, 'functions' | 'grammar'>> {
  if (binding.type !== 'free') return { grammar: await engine.grammarFor(binding.schema) }
  if (binding.tools.length === 0) return {}
  const functions = binding.tools.map(({ name, description, inputSchema }) => [
    name,
    { ...(description !== undefined && { description }), params: grammarSchema(inputSchema) },
  ])
  return { functions: Object.fromEntries(functions) as NonNullable<GenerateOptions['functions']> }
}

function settingsOf(request: LanguageModelV4CallOptions): Omit<GenerateOptions, 'onResponseChunk'> {
  const { maxOutputTokens: maxTokens, temperature, topP, seed, stopSequences } = request
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(seed !== undefined && { seed }),
    ...(stopSequences !== undefined && { customStopTriggers: stopSequences }),
  }
}

/** Writes text and thoughts as parts that begin and end. */
class TextWriter {
  readonly #write: Write
  #open: { readonly type: 'text' | 'reasoning'; readonly id: string } | undefined
  #count = 0
  kept = ''

  constructor(write: Write) {
    this.#write = write
  }

  add(type: 'text' | 'reasoning', delta: string): void {
    if (delta === '') return
    if (this.#open?.type !== type) {
      this.end()
      this.#open = { type, id: `${type}-${++this.#count}` }
      this.#write({ type: `${type}-start`, id: this.#open.id })
    }
    this.#write({ type: `${type}-delta`, id: this.#open.id, delta })
  }

  /** Takes a piece without writing it. */
  keep(piece: string): void {
    this.kept += piece
  }

  end(): void {
    if (this.#open) this.#write({ type: `${this.#open.type}-end`, id: this.#open.id })
    this.#open = undefined
  }
}

interface Call {
  readonly toolName: string
  readonly input: string
}

function callOf({ functionName, params }: NonNullable<Generated['functionCalls']>[number]): Call {
  return { toolName: functionName, input: JSON.stringify(params ?? {}) }
}

/** The call that a bound answer is. One that ended too early, for want of room, is passed on for whoever reads it. */
function callIn(text: string): Call {
  try {
    const { name, arguments: input } = JSON.parse(text) as { readonly name: string; readonly arguments: unknown }
    return { toolName: name, input: JSON.stringify(input) }
  } catch {
    return { toolName: /"name"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? '', input: text }
  }
}

interface Meter {
  readonly input: number
  readonly output: number
  readonly total: number
}

function meterOf({ tokenMeter }: Sequence): Meter {
  const { usedInputTokens: input, usedOutputTokens: output } = tokenMeter
  return { input, output, total: input + output }
}

function usageOf(
  sequence: Sequence,
  before: Meter,
): Extract<LanguageModelV4StreamPart, { readonly type: 'finish' }>['usage'] {
  const now = meterOf(sequence)
  const output = now.output - before.output
  const read = now.input - before.input
  // What was in memory from the request before is part of the prompt, and was not read again.
  const total = Math.max(read, sequence.nextTokenIndex - output)
  return {
    inputTokens: { total, noCache: read, cacheRead: total - read, cacheWrite: undefined },
    outputTokens: { total: output, text: undefined, reasoning: undefined },
  }
}

function reasonOf({ metadata }: Generated, hasCalls: boolean): 'stop' | 'length' | 'tool-calls' {
  if (metadata.stopReason === 'maxTokens') return 'length'
  return hasCalls ? 'tool-calls' : 'stop'
}
