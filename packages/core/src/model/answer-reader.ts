import type { LanguageModelV4StreamPart, LanguageModelV4Usage, SharedV4ProviderMetadata } from '@ai-sdk/provider'
import type { Emit } from '../event.ts'
import type { ContentPart, ProviderMetadata, ReasoningPart, TextPart, ToolCall } from '../message.ts'
import type { ModelPrice } from '../ports/prices.ts'
import { validName } from '../tools/tool-name.ts'
import type { ModelAnswer } from '../ports/model.ts'
import { unfinished } from './answer-end.ts'
import { reportedUsage } from './reported-usage.ts'

/** Where the pieces of an answer are told while it is still being written, and of which message they are. */
export interface Telling {
  readonly emit: Emit
  readonly messageId: string
}

interface OpenPart {
  readonly type: 'text' | 'reasoning'
  readonly id: string
  text: string
  metadata: SharedV4ProviderMetadata | undefined
}

const NO_CALLS: readonly ToolCall[] = Object.freeze([])

/** Puts an answer together from the parts of its stream. */
export class AnswerReader {
  #modelId: string
  readonly #telling: Telling | undefined
  #parts: OpenPart[] = []
  readonly #toolCalls: ToolCall[] = []
  /** By call: how many parts stood before it. */
  readonly #places: number[] = []
  #text = ''
  #hasText = false
  #usage: LanguageModelV4Usage | undefined
  #finishReason = 'other'

  /** @param modelId - `provider/model`, as it is known before the model says so itself. */
  constructor(modelId: string, telling?: Telling) {
    this.#modelId = modelId
    this.#telling = telling
  }

  /** The text that has come so far. */
  get partialText(): string {
    return this.#text
  }

  /** `provider/model` of the model that answers. */
  get modelId(): string {
    return this.#modelId
  }

  /** Takes the next part of the stream. Parts that say nothing about the answer are passed over. */
  take(part: LanguageModelV4StreamPart, modelId: string): void {
    this.#modelId = modelId
    switch (part.type) {
      case 'text-start':
        this.#start('text', part)
        return undefined
      case 'reasoning-start':
        this.#start('reasoning', part)
        return undefined
      case 'text-delta':
      case 'reasoning-delta':
        return this.#continue(part)
      case 'text-end':
      case 'reasoning-end':
        return this.#end(part)
      case 'tool-call':
        return part.providerExecuted ? undefined : this.#call(part)
      case 'finish':
        this.#usage = part.usage
        this.#finishReason = part.finishReason.unified
        return undefined
      default:
        return undefined
    }
  }

  /**
   * The whole answer.
   *
   * @param price - What the model costs, if that is known.
   * @throws ModelError if the stream ended before the model had finished.
   */
  answer(price?: ModelPrice): ModelAnswer {
    if (!this.#usage) throw unfinished(this.#modelId, { isEmpty: this.#parts.length === 0, partialText: this.#text })
    return {
      model: this.#modelId,
      text: this.#hasText ? this.#text : undefined,
      content: this.#content(),
      toolCalls:
        this.#toolCalls.length === 0
          ? NO_CALLS
          : this.#toolCalls.map((call, index) => this.#placed(call, this.#places[index] ?? 0)),
      usage: reportedUsage(this.#usage, price),
      finishReason: this.#finishReason,
    }
  }

  #content(): string | readonly ContentPart[] {
    for (const { type, metadata } of this.#parts) if (type !== 'text' || metadata) return this.#parts.map(storedPart)
    return this.#text
  }

  #start(
    type: OpenPart['type'],
    { id, providerMetadata }: { readonly id: string; readonly providerMetadata?: SharedV4ProviderMetadata },
  ): OpenPart {
    const open: OpenPart = { type, id, text: '', metadata: providerMetadata }
    // Most answers have one part, and a list that grows from nothing makes room for many.
    if (this.#parts.length === 0) this.#parts = [open]
    else this.#parts.push(open)
    if (type === 'text') this.#hasText = true
    return open
  }

  #continue(part: Extract<LanguageModelV4StreamPart, { type: 'text-delta' | 'reasoning-delta' }>): void {
    const type = part.type === 'text-delta' ? 'text' : 'reasoning'
    const open = this.#open(type, part.id) ?? this.#start(type, { id: part.id })
    open.text += part.delta
    if (type === 'text') this.#text += part.delta
    open.metadata = part.providerMetadata ?? open.metadata
    if (part.delta === '' || !this.#telling) return
    const { emit, messageId } = this.#telling
    emit({ type: part.type, messageId, delta: part.delta })
  }

  #end(part: Extract<LanguageModelV4StreamPart, { type: 'text-end' | 'reasoning-end' }>): void {
    const open = this.#open(part.type === 'text-end' ? 'text' : 'reasoning', part.id)
    if (open) open.metadata = part.providerMetadata ?? open.metadata
  }

  /** The newest part of that id: a provider may use one again. */
  #open(type: OpenPart['type'], id: string): OpenPart | undefined {
    const last = this.#parts.at(-1)
    if (last?.type === type && last.id === id) return last
    return this.#parts.findLast((part) => part.type === type && part.id === id)
  }

  #call(part: Extract<LanguageModelV4StreamPart, { type: 'tool-call' }>): void {
    const { toolCallId, toolName, input, providerMetadata } = part
    const plain = { id: this.#uniqueId(toolCallId), name: validName(toolName), arguments: input }
    const call: ToolCall = providerMetadata
      ? { ...plain, providerMetadata: providerMetadata as ProviderMetadata }
      : plain
    this.#toolCalls.push(call)
    this.#places.push(this.#parts.length)
    this.#telling?.emit({ type: 'tool-call', messageId: this.#telling.messageId, call })
  }

  /** A call with its place among the parts, where thoughts come behind it: they must stay there. */
  #placed(call: ToolCall, after: number): ToolCall {
    if (!this.#parts.slice(after).some(({ type }) => type === 'reasoning')) return call
    const { conversable, ...metadata } = call.providerMetadata ?? {}
    return { ...call, providerMetadata: { ...metadata, conversable: { ...conversable, after } } }
  }

  /** Small models leave ids out, or use one twice; every call of a message must have its own. */
  #uniqueId(id: string): string {
    if (id !== '' && this.#toolCalls.length === 0) return id
    const taken = (candidate: string): boolean => this.#toolCalls.some((call) => call.id === candidate)
    if (id !== '' && !taken(id)) return id
    let n = this.#toolCalls.length + 1
    while (taken(`${id || 'call'}_${n}`)) n++
    return `${id || 'call'}_${n}`
  }
}

function storedPart({ type, text, metadata }: OpenPart): TextPart | ReasoningPart {
  return { type, text, ...(metadata && { providerMetadata: metadata as ProviderMetadata }) }
}
