/**
 * JSON data that a provider attached to a part and wants to see again, by provider name. `conversable.model` is the model
 * that it came from, to which alone it goes back.
 */
export type ProviderMetadata = Readonly<Record<string, Readonly<Record<string, JsonValue>>>>

/** Anything that `JSON.stringify` writes and `JSON.parse` gives back unchanged. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }

/** A piece of text. */
export interface TextPart {
  readonly type: 'text'
  readonly text: string
  readonly providerMetadata?: ProviderMetadata
}

/** A picture: an `https:` or `data:` URL. Printed, and read by ending tests, as `<image>`. */
export interface ImagePart {
  readonly type: 'image'
  readonly url: string
  /** Such as `image/png`; worked out from a `data:` URL, otherwise `image/*`. */
  readonly mediaType?: string
}

/** A file for models that read it: an `https:` or `data:` URL. Printed as `<file>`. */
export interface FilePart {
  readonly type: 'file'
  readonly url: string
  /** Such as `application/pdf`. */
  readonly mediaType: string
  readonly filename?: string
}

/** What a model thought before it answered. Goes back to the agent that thought it, and to no other. */
export interface ReasoningPart {
  readonly type: 'reasoning'
  readonly text: string
  readonly providerMetadata?: ProviderMetadata
}

/** A piece of a message that is more than one plain text. */
export type ContentPart = TextPart | ImagePart | FilePart | ReasoningPart

/** A call that a model suggests. */
export interface ToolCall {
  /** Unique within its message. */
  readonly id: string
  readonly name: string
  /** The arguments as the model wrote them: JSON, if all went well. They are parsed and checked when the tool is run. */
  readonly arguments: string
  readonly providerMetadata?: ProviderMetadata
}

/** What came of one tool call. */
export interface ToolResult {
  readonly callId: string
  readonly name: string
  readonly content: string
  /** Marks a text that is meant to let the model correct itself. */
  readonly isError: boolean
}

/** One entry of a transcript, as plain JSON. It says who wrote it, never which model role it plays. */
export interface Message {
  /** `<conversation id>/<index>`: the same in events, journals and results. */
  readonly id: string
  /** Whose words these are; shown to models and people. */
  readonly name: string
  /** The agent that sent the message, where that is not `name`: somebody may be quoted. */
  readonly by?: string
  /** Text or parts. Empty in a message that only calls tools, or only answers calls. */
  readonly content: string | readonly ContentPart[]
  readonly toolCalls?: readonly ToolCall[]
  readonly toolResults?: readonly ToolResult[]
  /** The agents that may see the message beside the one that sent it. Absent: everybody. */
  readonly visibleTo?: readonly string[]
  /** Values for slots such as `{name}` in texts, for agents whose `llmConfig` has `allowFormatStrTemplate`. */
  readonly context?: SlotValues
}

/** What slots are filled with, by their names. */
export type SlotValues = Readonly<Record<string, string | number | boolean>>

/** Says whether a slot can be filled with a value. */
export function isSlotValue(value: unknown): value is SlotValues[string] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** A message before it has an id: what agents reply with. Fields that are not listed here are not stored. */
export interface MessageDraft {
  readonly content?: string | readonly ContentPart[] | null
  /** Defaults to the name of the agent that sends it. */
  readonly name?: string
  readonly toolCalls?: readonly ToolCall[]
  readonly toolResults?: readonly ToolResult[]
  /** Keeps the message from all agents but these and its sender: out of prompts, selections and summaries. */
  readonly visibleTo?: readonly string[]
  /** Values for slots such as `{name}` in texts, for agents whose `llmConfig` has `allowFormatStrTemplate`. */
  readonly context?: SlotValues
}

/** What a caller may write where a message is wanted: a text, or a draft with parts, calls or results. */
export type MessageInput = string | MessageDraft

/** The agent that sent a message. */
export function authorOf(message: Pick<Message, 'name' | 'by'>): string {
  return message.by ?? message.name
}

/** Says whether an agent may see a message. */
export function isVisibleTo(message: Pick<Message, 'name' | 'by' | 'visibleTo'>, agent: string): boolean {
  return message.visibleTo === undefined || message.visibleTo.includes(agent) || authorOf(message) === agent
}

/**
 * The text of a message: its parts joined without separator, `<image>` and `<file>` for what is no text,
 * nothing for reasoning. Of a message that only answers calls, the results with an empty line between them.
 */
export function textOf(message: Pick<MessageDraft, 'content' | 'toolResults'>): string {
  if (isToolAnswer(message)) return message.toolResults.map((result) => result.content).join('\n\n')
  const { content } = message
  if (typeof content === 'string') return content
  return (content ?? []).map(textOfPart).join('')
}

/** Says whether a message holds tool results and no words of its own. */
export function isToolAnswer<M extends Pick<MessageDraft, 'content' | 'toolResults'>>(
  message: M,
): message is M & { readonly toolResults: readonly ToolResult[] } {
  const { content, toolResults } = message
  return toolResults !== undefined && toolResults.length > 0 && (content ?? '').length === 0
}

function textOfPart(part: ContentPart): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'image':
      return '<image>'
    case 'file':
      return '<file>'
    case 'reasoning':
      return ''
  }
}
