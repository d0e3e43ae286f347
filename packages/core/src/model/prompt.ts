import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider'
import type { Conversation } from '../conversation.ts'
import { authorOf, isToolAnswer, type ContentPart, type Message, type ToolCall, type ToolResult } from '../message.ts'
import { parseJson } from '../util/parse-json.ts'

type AssistantPart = Extract<LanguageModelV4Message, { readonly role: 'assistant' }>['content'][number]

/** What a model reads in place of an answer that never came. */
export const UNANSWERED = 'This call was not answered: the conversation went on without it.'

/** How a transcript is shown. */
export interface PromptOptions {
  /** Put in front, also when it is empty. Default: none. */
  readonly systemMessage?: string
  /** Shows every message under the name of the agent that sent it, whoever is quoted. Default `false`. */
  readonly inGroup?: boolean
}

/**
 * A transcript as one agent sees it: its own messages are the assistant's, those of others the user's, with the
 * speaker's name in `providerOptions.conversable.name`. The list is the caller's own.
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

/**
 * As {@link promptFor}, for the transcript of a conversation: what was converted for an earlier request is taken from
 * there, so that a request costs what is new.
 */
export function promptOf(agent: string, conversation: Conversation, systemMessage?: string): LanguageModelV4Prompt {
  const builder = conversation.derive(
    `prompt:${agent}`,
    () => new PromptBuilder(agent, { inGroup: conversation.group !== undefined }),
  )
  builder.take(conversation.messagesFor(agent))
  return builder.prompt(systemMessage)
}

/** Builds a prompt by appending, for one agent and one growing list of messages. */
class PromptBuilder {
  readonly #agent: string
  readonly #inGroup: boolean
  readonly #prompt: LanguageModelV4Prompt = []
  #taken = 0
  /** The calls of the last message, not answered yet. */
  #pending: readonly ToolCall[] = []

  constructor(agent: string, { inGroup = false }: PromptOptions) {
    this.#agent = agent
    this.#inGroup = inGroup
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
    const head: LanguageModelV4Prompt = systemMessage === undefined ? [] : [{ role: 'system', content: systemMessage }]
    // Copied once and as a block: a spread goes through a long list one by one.
    const prompt = head.concat(this.#prompt)
    if (this.#pending.length > 0) prompt.push(answersTo(this.#pending, []))
    return prompt
  }

  #add(stored: Message): void {
    const message = this.#inGroup && stored.by !== undefined ? { ...stored, name: stored.by } : stored
    const results = message.toolResults ?? []
    const orphans = results.filter((result) => !this.#pending.some((call) => call.id === result.callId))
    if (this.#pending.length > 0) this.#prompt.push(answersTo(this.#pending, results))
    this.#pending = message.toolCalls ?? []
    if (!isToolAnswer(message)) this.#prompt.push(this.#spoken(message))
    else if (orphans.length > 0)
      this.#prompt.push(userMessage(message, orphans.map((result) => result.content).join('\n\n')))
  }

  #spoken(message: Message): LanguageModelV4Message {
    const own = authorOf(message) === this.#agent
    const { toolCalls = [] } = message
    if (toolCalls.length > 0)
      return { role: 'assistant', content: [...assistantParts(message, own), ...toolCalls.map(callPart)] }
    return own
      ? named(message, { role: 'assistant', content: assistantParts(message, own) })
      : userMessage(message, message.content)
  }
}

function userMessage(message: Message, content: Message['content']): LanguageModelV4Message {
  if (typeof content === 'string') return named(message, { role: 'user', content: [{ type: 'text', text: content }] })
  const parts = content.flatMap((part) =>
    part.type === 'reasoning' ? [] : [part.type === 'text' ? textPart(part) : filePart(part)],
  )
  return named(message, { role: 'user', content: parts })
}

function named(message: Message, prompt: LanguageModelV4Message): LanguageModelV4Message {
  return message.name === '' ? prompt : { ...prompt, providerOptions: { conversable: { name: message.name } } }
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
  return { type: 'tool-call', toolCallId: call.id, toolName: call.name, input: inputOf(call), ...optionsOf(call) }
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
