import type { LanguageModelV4FilePart, LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { authorOf, textOf, type ContentPart, type Message, type MessageDraft, type MessageInput } from 'conversable'
import { given } from './given.ts'
import type { WireCall, WireMessage, WirePart, WireResult } from './scenario.ts'

/** A message of a scenario as this library takes it. Fields that it does not know are handed on, to see them dropped. */
export function inputOf(message: string | WireMessage): MessageInput {
  if (typeof message === 'string') return message
  const { content, tool_calls: calls, tool_responses: responses, ...rest } = message
  return {
    ...rest,
    ...given({
      content: typeof content === 'object' && content !== null ? content.map(partOf) : content,
      toolCalls: calls?.map(({ id, function: { name, arguments: text } }) => ({ id, name, arguments: text })),
      toolResults: responses?.map((response) => ({
        callId: response.tool_call_id,
        name: '',
        content: response.content,
        isError: false,
      })),
    }),
  }
}

/** What an agent replied outside of a chat, on the wire; null for silence. */
export function wireReply(reply: MessageInput | undefined): string | WireMessage | null {
  if (reply === undefined) return null
  return typeof reply === 'string' ? reply : given({ ...wireFields(reply), name: reply.name })
}

/** A message that was sent, without role and name where they can be told from the sender. */
export function wireTurn(message: Message): WireMessage {
  const { by, name } = message
  return given({ ...wireFields(message), ...(answersOnly(message) && { role: 'tool' }), name: by && name })
}

/** A stored message as its owner keeps it in AutoGen, where each side has a history of its own. */
export function wireStored(message: Message, owner: string): WireMessage {
  return { ...wireFields(message), role: roleOf(message, owner), name: message.name }
}

function wireFields(message: MessageDraft): WireMessage {
  const { content, toolCalls, toolResults } = message
  return given({
    content: answersOnly(message) ? textOf(message) : typeof content === 'object' ? content?.map(wirePart) : content,
    tool_calls: toolCalls?.map(({ id, name, arguments: text }): WireCall => wireCall(id, name, text)),
    tool_responses: toolResults?.map(({ callId, content: text }): WireResult => wireResult(callId, text)),
  })
}

function roleOf(message: Message, owner: string): string {
  if (answersOnly(message)) return 'tool'
  return message.toolCalls || authorOf(message) === owner ? 'assistant' : 'user'
}

function answersOnly({ content, toolResults }: MessageDraft): boolean {
  return toolResults !== undefined && toolResults.length > 0 && (content ?? '').length === 0
}

function partOf(part: WirePart): ContentPart {
  return part.type === 'text' ? part : { type: 'image', url: part.image_url.url }
}

function wirePart(part: ContentPart): WirePart {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return { type: 'text', text: part.text }
    case 'image':
    case 'file':
      return { type: 'image_url', image_url: { url: part.url } }
  }
}

function wireCall(id: string, name: string, text: string): WireCall {
  return { id, type: 'function', function: { name, arguments: text } }
}

function wireResult(callId: string, content: string): WireResult {
  return { role: 'tool', tool_call_id: callId, content }
}

/**
 * A model's prompt on the wire: one message for each tool result, names as they are told in `providerOptions`. The
 * arguments of calls stay JSON data, as providers are given them.
 */
export function wirePrompt(prompt: LanguageModelV4Prompt): unknown[] {
  return prompt.flatMap(wirePromptMessage)
}

function wirePromptMessage(message: LanguageModelV4Message): unknown[] {
  const name = message.providerOptions?.['conversable']?.['name']
  switch (message.role) {
    case 'system':
      return [given({ role: 'system', name, content: message.content })]
    case 'user':
      return [given({ role: 'user', name, content: promptContent(message.content) })]
    case 'assistant':
      return [given({ role: 'assistant', name, content: promptContent(message.content), ...promptCalls(message) })]
    case 'tool':
      return message.content.map((part) => {
        if (part.type !== 'tool-result') throw new Error(`A tool message holds a part of type ${part.type}.`)
        const { output, toolCallId } = part
        return { role: 'tool', tool_call_id: toolCallId, content: 'value' in output ? output.value : output.type }
      })
  }
}

function promptContent(content: Exclude<LanguageModelV4Message['content'], string>): string | WirePart[] | null {
  const parts = content.flatMap((part): WirePart[] => {
    if (part.type === 'text') return [{ type: 'text', text: part.text }]
    return part.type === 'file' ? [{ type: 'image_url', image_url: { url: urlOf(part) } }] : []
  })
  const [only] = parts
  if (!only) return null
  return parts.length === 1 && only.type === 'text' ? only.text : parts
}

function promptCalls({ content }: Extract<LanguageModelV4Message, { role: 'assistant' }>): { tool_calls?: unknown[] } {
  const calls = content.flatMap((part) => {
    if (part.type !== 'tool-call') return []
    return [{ id: part.toolCallId, type: 'function', function: { name: part.toolName, arguments: part.input } }]
  })
  return calls.length > 0 ? { tool_calls: calls } : {}
}

function urlOf({ data, mediaType }: LanguageModelV4FilePart): string {
  if (data.type === 'url') return data.url.href
  return data.type === 'data' ? `data:${mediaType};base64,${String(data.data)}` : data.type
}
