import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider'
import type { Conversation } from '../conversation.ts'
import { authorOf, isToolAnswer, type ContentPart, type Message, type ToolCall, type ToolResult } from '../message.ts'
import type { SpeakerNames } from '../ports/model.ts'
import { parseJson } from '../util/parse-json.ts'

type UserPart = Extract<LanguageModelV4Message, { readonly role: 'user' }>['content'][number]
type NameOptions = { readonly providerOptions?: { readonly conversable: { readonly name: string } } }
type AssistantPart = Extract<LanguageModelV4Message, { readonly role: 'assistant' }>['content'][number]

const NO_CALLS: readonly ToolCall[] = Object.freeze([])
const NO_RESULTS: readonly ToolResult[] = Object.freeze([])

/** What a model reads in place of an answer that never came. */
export const UNANSWERED = 'This call was not answered: the conversation went on without it.'

/** How a transcript is shown. */
export interface PromptOptions {
  /** Put in front, also when it is empty. Default: none. */
  readonly systemMessage?: string
  /** Shows every message under the name of the agent that sent it, whoever is quoted. Default `false`. */
  readonly inGroup?: boolean
  /** How the names of a group are shown. Default `metadata`. */
  readonly names?: SpeakerNames
}

/**
 * A transcript as one agent sees it: its own messages are the assistant's, those of others the user's, with the
 * speaker's name in `providerOptions.conversable.name`. Calls are the assistant's, too, with the name of another agent
 * that made them in `providerOptions.conversable.by`. The list is the caller's own.
 *
 * Every call has exactly one answer, directly behind it, whatever became of the transcript: missing answers are made
 * up, doubled ones are left out, and answers without a call are shown as text.
 */
export function promptFor(
  agent: string,
  messages: readonly Message[],
  options: PromptOptions = {},
): LanguageModelV4Prompt {
  const builder = new PromptBuilder(agent, options)
  builder.take(messages)
  return builder.prompt(options.systemMessage)
}

/** Whose prompts are built bit by bit, and how. */
export interface PromptView {
  readonly agent: string
  readonly names: SpeakerNames
  /** Of what is kept in a conversation. */
  readonly key: string
}

/** The view of an agent. Whoever asks often keeps it. */
export function promptView(agent: string, names: SpeakerNames = 'metadata'): PromptView {
  return { agent, names, key: `prompt:${names}:${agent}` }
}

/**
 * As {@link promptFor}, for the transcript of a conversation: what was converted for an earlier request is taken from
 * there, so that a request costs what is new.
 */
export function promptOf(
  { agent, names, key }: PromptView,
  conversation: Conversation,
  systemMessage?: string,
): LanguageModelV4Prompt {
  const builder = conversation.derive(
    key,
    () => new PromptBuilder(agent, { inGroup: conversation.group !== undefined, names }),
  )
  builder.take(conversation.messagesFor(agent))
  return builder.prompt(systemMessage)
}

/** Builds a prompt by appending, for one agent and one growing list of messages. */
class PromptBuilder {
  readonly #agent: string
  readonly #inGroup: boolean
  readonly #namesInText: boolean
  /** Behind a first entry that stands for the system message, so that a request is one copy of the whole. */
  readonly #prompt: LanguageModelV4Prompt = [{ role: 'system', content: '' }]
  readonly #names = new Map<string, NameOptions>()
  #taken = 0
  /** The calls of the last message, not answered yet. */
  #pending = NO_CALLS

  constructor(agent: string, { inGroup = false, names = 'metadata' }: PromptOptions) {
    this.#agent = agent
    this.#inGroup = inGroup
    this.#namesInText = inGroup && names === 'text'
  }

  /** Converts the messages behind those that were taken before. */
  take(messages: readonly Message[]): void {
    for (; this.#taken < messages.length; this.#taken++) {
      const message = messages[this.#taken]
      if (message) this.#add(message)
    }
  }

  /** The prompt so far. Calls that are still open are answered in this copy alone: their results may yet come. */
  prompt(systemMessage: string | undefined): LanguageModelV4Prompt {
    const prompt = this.#prompt.slice(systemMessage === undefined ? 1 : 0)
    if (systemMessage !== undefined) prompt[0] = { role: 'system', content: systemMessage }
    if (this.#pending.length > 0) prompt.push(answersTo(this.#pending, []))
    return prompt
  }

  #add(stored: Message): void {
    const message = this.#inGroup && stored.by !== undefined ? { ...stored, name: stored.by } : stored
    const { toolResults = NO_RESULTS } = message
    const calls = this.#pending
    if (calls.length > 0) this.#prompt.push(answersTo(calls, toolResults))
    this.#pending = message.toolCalls ?? NO_CALLS
    if (!isToolAnswer(message)) return void this.#prompt.push(this.#spoken(message))
    const orphans = toolResults.filter((result) => !calls.some((call) => call.id === result.callId))
    if (orphans.length === 0) return
    const text = orphans.map((result) => result.content).join('\n\n')
    this.#prompt.push({
      role: 'user',
      content: this.#spokenBy(message.name, [{ type: 'text', text }]),
      ...this.#optionsFor(message.name),
    })
  }

  #spoken(message: Message): LanguageModelV4Message {
    const own = authorOf(message) === this.#agent
    const { toolCalls = [] } = message
    if (toolCalls.length > 0) {
      const content = callingParts(message, own)
      return own ? { role: 'assistant', content } : { role: 'assistant', content, ...calledBy(authorOf(message)) }
    }
    const { name } = message
    const { providerOptions } = this.#optionsFor(name)
    // Written out: a spread behind other fields takes several times as long, and there is one for every message.
    if (own) {
      const content = assistantParts(message, own)
      return providerOptions ? { role: 'assistant', content, providerOptions } : { role: 'assistant', content }
    }
    const content = this.#spokenBy(name, userParts(message.content))
    return providerOptions ? { role: 'user', content, providerOptions } : { role: 'user', content }
  }

  /** Puts the speaker's name in front of the first text, or of everything. */
  #spokenBy(name: string, parts: UserPart[]): UserPart[] {
    if (!this.#namesInText || name === '') return parts
    const [first, ...rest] = parts
    if (first?.type !== 'text') return [{ type: 'text', text: `${name}:` }, ...parts]
    return [{ ...first, text: `${name}: ${first.text}` }, ...rest]
  }

  /** What tells a speaker's name: the same object in all of its messages, for there are many of them. */
  #optionsFor(name: string): NameOptions {
    const known = this.#names.get(name)
    if (known) return known
    const options = name === '' ? {} : { providerOptions: { conversable: { name } } }
    this.#names.set(name, options)
    return options
  }
}

function userParts(content: Message['content']): UserPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.flatMap((part) => {
    if (part.type === 'reasoning') return []
    return [part.type === 'text' ? textPart(part) : filePart(part)]
  })
}

function assistantParts(message: Message, own: boolean): AssistantPart[] {
  const { content, toolCalls = [] } = message
  if (typeof content === 'string')
    return content === '' && toolCalls.length > 0 ? [] : [{ type: 'text', text: content }]
  return content.flatMap((part): AssistantPart[] => {
    if (part.type === 'text') return [textPart(part)]
    if (part.type !== 'reasoning') return [filePart(part)]
    return own ? [{ type: 'reasoning', text: part.text, ...optionsOf(part) }] : []
  })
}

/** Calls stand behind everything else, or where the model made them between its thoughts. */
function callingParts(message: Message, own: boolean): AssistantPart[] {
  const { content, toolCalls = [] } = message
  const placeOf = ({ providerMetadata }: ToolCall): unknown => providerMetadata?.['conversable']?.['after']
  if (typeof content === 'string' || toolCalls.every((call) => placeOf(call) === undefined))
    return [...assistantParts(message, own), ...toolCalls.map(callPart)]
  const places = content.map((part, index) => [
    ...toolCalls.filter((call) => placeOf(call) === index).map(callPart),
    ...assistantParts({ ...message, content: [part] }, own),
  ])
  const last = toolCalls.filter((call) => {
    const place = placeOf(call)
    return typeof place !== 'number' || place >= content.length
  })
  return [...places.flat(), ...last.map(callPart)]
}

function textPart(part: Extract<ContentPart, { type: 'text' }>): { type: 'text'; text: string } {
  return { type: 'text', text: part.text, ...optionsOf(part) }
}

function filePart(part: Extract<ContentPart, { type: 'image' | 'file' }>): LanguageModelV4FilePart {
  const inline = /^data:([^;,]+)?[^,]*;base64,(.*)$/s.exec(part.url)
  const mediaType = part.mediaType ?? inline?.[1] ?? 'image/*'
  const data = inline
    ? { type: 'data' as const, data: inline[2] ?? '' }
    : { type: 'url' as const, url: new URL(part.url) }
  return {
    type: 'file',
    mediaType,
    data,
    ...(part.type === 'file' && part.filename !== undefined && { filename: part.filename }),
  }
}

function callPart(call: ToolCall): AssistantPart {
  const part = { type: 'tool-call' as const, toolCallId: call.id, toolName: call.name, input: inputOf(call) }
  return call.providerMetadata ? { ...part, ...optionsOf(call) } : part
}

/** Tells whose calls they are, for providers that take those of the agent that asks alone. */
function calledBy(by: string): Pick<LanguageModelV4Message, 'providerOptions'> {
  return { providerOptions: { conversable: { by } } }
}

/** Arguments as providers want them: an object. What is no JSON object is shown to the model under a key of its own. */
function inputOf(call: ToolCall): unknown {
  const parsed = parseJson(call.arguments)
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  return isObject ? parsed : { malformed_arguments: call.arguments }
}

function answersTo(calls: readonly ToolCall[], results: readonly ToolResult[]): LanguageModelV4Message {
  return {
    role: 'tool',
    content: calls.map((call): LanguageModelV4ToolResultPart => {
      const result = results.find((one) => one.callId === call.id)
      const type = !result || result.isError ? 'error-text' : 'text'
      return {
        type: 'tool-result',
        toolCallId: call.id,
        toolName: call.name,
        output: { type, value: result?.content ?? UNANSWERED },
      }
    }),
  }
}

function optionsOf(part: { readonly providerMetadata?: ToolCall['providerMetadata'] }): {
  providerOptions?: Record<string, never>
} {
  // What a provider attached goes back to it as it came; both shapes are JSON objects by provider name.
  return part.providerMetadata ? { providerOptions: part.providerMetadata as Record<string, never> } : {}
}
