import type { LanguageModelV2, LanguageModelV3, LanguageModelV4, SharedV4ProviderOptions } from '@ai-sdk/provider'

/**
 * A language model: an object of the AI SDK provider specification (`openai('gpt-5')`; version 4, or 3 and 2 through
 * an adapter), or a text `provider/model` whose provider package is loaded when the model is first used.
 */
export type ModelSource = LanguageModelV4 | LanguageModelV3 | LanguageModelV2 | string

/**
 * How a model is told who said what in a group: in front of the text (`bob: Hello.`), or in
 * `providerOptions.conversable.name` of each message alone.
 */
export type SpeakerNames = 'text' | 'metadata'

/** Whether a model calls tools: as it likes, not at all, one of them in any case, or the one of that name. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly tool: string }

/** Which model an agent asks, and how. What is absent is left to the provider. */
export interface LlmConfig {
  readonly model: ModelSource
  readonly temperature?: number
  readonly topP?: number
  readonly maxOutputTokens?: number
  readonly stopSequences?: readonly string[]
  readonly seed?: number
  /**
   * Whether the model may call tools (`auto`), has to (`required`, or the tool of that name), or must not (`none`).
   * Nothing is said to the model of an agent that offers no tools. Default `auto`.
   */
  readonly toolChoice?: ToolChoice
  /** For the provider alone, by its name, as in `{ openai: { reasoningEffort: 'low' } }`. */
  readonly providerOptions?: SharedV4ProviderOptions
  /** The longest silence of the model, before its first part and between two, in milliseconds. Default 120 000. */
  readonly idleTimeoutMs?: number
  /** The longest time for one answer, in milliseconds. Default 600 000. */
  readonly timeoutMs?: number
  /** How the model is told who said what in a group. Default `text`; scripted models read the metadata. */
  readonly speakerNames?: SpeakerNames
  /**
   * Whether slots such as `{name}` in the system message and in messages are filled, for the model alone, with what the
   * `context` of messages gives for them. Other braces stay. Default `false`.
   */
  readonly allowFormatStrTemplate?: boolean
  /** US dollars for a million tokens. Without it the cost of a run is unknown. */
  readonly price?: ModelPrice
}

/** What a model costs, in US dollars for a million tokens. */
export interface ModelPrice {
  readonly input: number
  readonly output: number
  /** For input that the provider reads from its prompt cache. Default: the price of other input. */
  readonly cachedInput?: number
}
