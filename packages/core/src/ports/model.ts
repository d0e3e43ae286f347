import type {
  LanguageModelV2,
  LanguageModelV3,
  LanguageModelV4,
  LanguageModelV4Prompt,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider'
import type { ContentPart, ToolCall } from '../message.ts'
import type { Usage } from '../usage.ts'
import type { ModelCache } from './model-cache.ts'
import type { ModelPrice } from './prices.ts'
import type { RateLimit } from './rate-limit.ts'
import type { TokenCounter } from './token-counter.ts'

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

/**
 * How a model is told of tools and calls them: by its provider's means (`native`), in words (`text`), or in words only
 * once its provider has refused a request because the model has no tools (`auto`).
 */
export type ToolCalls = 'auto' | 'native' | 'text'

/** How one model is asked. What is absent is left to the provider. */
export interface ModelSettings {
  readonly temperature?: number
  readonly topP?: number
  readonly maxOutputTokens?: number
  readonly stopSequences?: readonly string[]
  readonly seed?: number
  /** For the provider alone, by its name, as in `{ openai: { reasoningEffort: 'low' } }`. */
  readonly providerOptions?: SharedV4ProviderOptions
  /** The longest silence of the model, before its first part and between two, in milliseconds. Default 120 000. */
  readonly idleTimeoutMs?: number
  /** The longest time for one answer, each try by itself, in milliseconds. Default 600 000. */
  readonly timeoutMs?: number
  /** How often a call that failed is made again, and when; `false` for never. Default: twice. */
  readonly retry?: RetryOptions | false
  /** Lets calls wait for their turn. Give one limit to all who share it. Default: no limit. */
  readonly rateLimit?: RateLimit
  /** Says whether an answer will do; if not, the next model of the list is asked. The last one's answer always does. */
  readonly filter?: AnswerFilter
  /** How the model is told of tools and calls them. Default `auto`. */
  readonly toolCalls?: ToolCalls
  /** What the model costs. Default: as the run's `prices` say. */
  readonly price?: ModelPrice
}

/** One model of a list, with settings that go before those of the whole list. */
export interface ModelEntry extends ModelSettings {
  readonly model: ModelSource
}

/** Which model an agent asks, and how. */
export interface LlmConfig extends ModelSettings {
  /** A model; or a list, of which the next one is asked when one fails. */
  readonly model: ModelSource | readonly (ModelSource | ModelEntry)[]
  /**
   * Whether the model may call tools (`auto`), has to (`required`, or the tool of that name), or must not (`none`).
   * Nothing is said to the model of an agent that offers no tools. Default `auto`.
   */
  readonly toolChoice?: ToolChoice
  /** Keeps answers, so that one question is asked once. Default: none. */
  readonly cache?: ModelCache
  /** How the model is told who said what in a group. Default `text`; scripted models read the metadata. */
  readonly speakerNames?: SpeakerNames
  /**
   * Whether slots such as `{name}` in the system message and in messages are filled, for the model alone, with what the
   * `context` of messages gives for them. Other braces stay. Default `false`.
   */
  readonly allowFormatStrTemplate?: boolean
  /** How much of a conversation the model is shown at once. Default: all of it. */
  readonly contextWindow?: ContextWindow
}

/**
 * How much of a conversation a model is shown at once, in replies, summaries, selections and whatever else it is asked.
 * The conversation itself stays whole.
 */
export interface ContextWindow {
  /** What a request may take in tokens: the model's window, less what its answer may take. */
  readonly maxInputTokens: number
  /** How many of the newest messages are always shown. Default 4. */
  readonly keepLastMessages?: number
  /** To how many tokens the answer of a tool is shortened once space is short. Default an eighth of `maxInputTokens`. */
  readonly maxToolResultTokens?: number
  /** How tokens are counted. Default: by the model's name, see `tokenCounterFor`; of a list whose models count differently, by bytes. */
  readonly tokenCounter?: TokenCounter
  /** Lets a model sum up what is left out. Default `false`: nothing stands in its place. */
  readonly compaction?: Compaction | boolean
}

/** How what is left out of a model's view is summed up. */
export interface Compaction {
  /** Who writes the summary. Default: the model whose window it is. */
  readonly llmConfig?: LlmConfig
  /** What it is told. Default `COMPACTION_PROMPT`. */
  readonly prompt?: string
  /** What a summary may take. Default an eighth of `maxInputTokens`. */
  readonly maxTokens?: number
}

/** How a model call that failed is made again. Only a call that has said nothing yet, and may succeed later, is. */
export interface RetryOptions {
  /** Default 2. */
  readonly maxRetries?: number
  /** The wait before the first retry, in milliseconds; it doubles each time, and is cut short by chance by up to a half. Default 1 000. */
  readonly initialDelayMs?: number
  /**
   * The longest wait, in milliseconds. A provider that asks for a longer one (`Retry-After`) is not asked again.
   * Default 60 000.
   */
  readonly maxDelayMs?: number
}

/** What a model answered. */
export interface ModelAnswer {
  /** `provider/model`. */
  readonly model: string
  /** Absent if the model gave no text at all; a text may be empty. */
  readonly text: string | undefined
  /** What a message holds: the text, or parts where there is reasoning or provider metadata to keep. */
  readonly content: string | readonly ContentPart[]
  readonly toolCalls: readonly ToolCall[]
  readonly usage: Usage
  /** `stop`, `tool-calls`, `length`, or what else ended it. */
  readonly finishReason: string
  /** Set when the answer came from a cache, and was not paid for. */
  readonly cached?: true
  /** Set when no model's answer has passed the filter, and this is the last one. */
  readonly passFilter?: false
  /** Answers that the filter has turned down before this one, which were paid for as well. */
  readonly rejected?: readonly Pick<ModelAnswer, 'model' | 'usage'>[]
}

/** What a filter is told of the request beside the answer. */
export interface FilterContext {
  /** Whose reply it is; absent outside of agents. */
  readonly agent?: string
  /** Such as `reply` or `select-speaker`; absent outside of agents. */
  readonly purpose?: string
  readonly prompt: LanguageModelV4Prompt
}

/** Says whether an answer will do. Its words are held back until then. */
export type AnswerFilter = (input: {
  readonly response: ModelAnswer
  readonly context: FilterContext
}) => boolean | Promise<boolean>
