import type { CodeArtifact } from './code-artifact.ts'
import type { CodeBlock } from './code-block.ts'
import type { CodeDecision } from './code-decision.ts'
import type { Message, ToolCall, ToolResult } from './message.ts'
import type { StopReason } from './stop-reason.ts'
import type { Usage } from './usage.ts'

/** Where in a run an event happened. */
export interface EventOrigin {
  readonly chatId: string
  /** The agents inside whose turns it happened, outermost first; the last one is who speaks or acts. */
  readonly path: readonly string[]
}

/** What may happen, without its place and number. */
export type EventBody =
  | ChatStart
  /** A piece of a message that is being written; the pieces with one `messageId` add up to its text. */
  | { readonly type: 'text-delta'; readonly messageId: string; readonly delta: string }
  | { readonly type: 'reasoning-delta'; readonly messageId: string; readonly delta: string }
  /** A model suggests a call. */
  | { readonly type: 'tool-call'; readonly messageId: string; readonly call: ToolCall }
  /** A tool begins to run, with arguments that fit its schema. */
  | { readonly type: 'tool-start'; readonly call: ToolCall }
  /** A call was answered, by its tool or by an error text. */
  | { readonly type: 'tool-result'; readonly result: ToolResult }
  /** Somebody who is asked before code runs has decided on it. */
  | { readonly type: 'code-decision'; readonly blocks: readonly CodeBlock[]; readonly decision: CodeDecision }
  | { readonly type: 'code-start'; readonly blocks: readonly CodeBlock[] }
  | { readonly type: 'code-output'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | CodeEnd
  | { readonly type: 'human-request'; readonly prompt: string; readonly purpose: HumanPurpose }
  | { readonly type: 'human-answer'; readonly answer: string; readonly purpose: HumanPurpose }
  /** An agent that could ask a person goes on by itself. */
  | { readonly type: 'auto-reply' }
  | ModelEvent
  /** A member of a group was chosen to speak next, by which rule, and after how many model requests. */
  | SpeakerSelected
  /** What a selector is asked and answers, in a verbose group. */
  | { readonly type: 'selection-message'; readonly from: string; readonly to: string; readonly text: string }
  /** What an agent or its model is shown of a conversation was cut down, in another way than before. */
  | ContextTrim
  /** An answer of a model does not fit the schema that it was asked for; it is asked again, or the run fails. */
  | {
      readonly type: 'output-reject'
      readonly agent: string
      readonly text: string
      readonly problems: readonly string[]
    }
  /** A line for the people who watch, as AutoGen prints it. */
  | { readonly type: 'notice'; readonly text: string }
  | MessageSent
  | { readonly type: 'chat-end'; readonly stopReason: StopReason }

/** What happened around a model call, so that nothing is done in secret. `model` is `provider/model`. */
export type ModelEvent =
  | ModelCallStart
  | ModelCallEnd
  /** A call failed before it had said anything, and is made again after a wait; `attempt` counts from 1. */
  | {
      readonly type: 'model-retry'
      readonly model: string
      readonly attempt: number
      readonly waitMs: number
      readonly problem: string
    }
  /** A model failed, and the next one of the list is asked. */
  | { readonly type: 'model-fallback'; readonly model: string; readonly next: string; readonly problem: string }
  /** A filter has judged an answer. The last model's answer is used even if it did not pass. */
  | { readonly type: 'answer-filter'; readonly model: string; readonly passFilter: boolean }
  /** An answer came from a cache. */
  | { readonly type: 'cache-hit'; readonly model: string }
  /** A cache could not be read or written; the run goes on without it. */
  | { readonly type: 'cache-failure'; readonly problem: string }

/** A provider is asked. There is one such event for every attempt, and one {@link ModelCallEnd} of the same `step` and `attempt`. */
export interface ModelCallStart {
  readonly type: 'model-call'
  readonly agent: string
  readonly model: string
  /** Such as `reply`, `summary` or `select-speaker`. */
  readonly purpose: string
  /** The key of the step. */
  readonly step: string
  /** Counts the attempts of the step from 1. */
  readonly attempt: number
}

/** An attempt has ended: with an answer, which has a `usage`, or in vain, with a `problem`. */
export interface ModelCallEnd extends Omit<ModelCallStart, 'type'> {
  readonly type: 'model-end'
  /** By the clock of the runtime. */
  readonly durationMs: number
  /** What the answer used and cost. */
  readonly usage?: Usage
  /** `stop`, `tool-calls`, or what else ended the answer; `length` if it was cut off at its limit. */
  readonly finishReason?: string
  /** Why the attempt came to nothing. */
  readonly problem?: string
  /** The attempt broke off after the answer had begun: nobody knows what it used. */
  readonly isBrokenOff?: boolean
}

/** A chat begins. */
export interface ChatStart {
  readonly type: 'chat-start'
  readonly parentChatId?: string
  readonly sender: string
  readonly recipient: string
  /** Whether the chat is one of several: in a row, in a graph, or inside a reply. */
  readonly queued: boolean
  readonly silent: boolean
  /** Given for a verbose chat only: what it opens with, for people. */
  readonly announcement?: { readonly message: string; readonly carryover: string }
}

/** Code has run. */
export interface CodeEnd {
  readonly type: 'code-end'
  readonly exitCode: number
  readonly output: string
  /** The files that it left behind. */
  readonly artifacts: readonly CodeArtifact[]
}

/** A message was sent and is now part of the transcript. */
export interface MessageSent {
  readonly type: 'message'
  readonly message: Message
  readonly recipient: string
  /** Not to be printed. */
  readonly silent: boolean
}

/** A member of a group is to speak next. */
export interface SpeakerSelected {
  readonly type: 'speaker-select'
  readonly speaker: string
  /** Among whom the choice was made: the names of the members that could have been chosen. */
  readonly candidates: readonly string[]
  /** `auto`, `manual`, `random`, `round_robin`, `function`, `only-executor`, `only-candidate` or `fallback`. */
  readonly rule: string
  readonly requests: number
  /** Not to be printed. */
  readonly silent: boolean
}

/** A view of a conversation was cut down; the conversation itself is whole. Told again when the view changes. */
export interface ContextTrim {
  readonly type: 'context-trim'
  /** Whose view it is. */
  readonly agent: string
  /** `contextWindow`, or the class of a transform. */
  readonly by: string
  /** What the model is asked for, such as `reply` or `summary`; absent for a transform. */
  readonly purpose?: string
  /** How many messages are left out; of a context window they follow the first one. */
  readonly leftOut: number
  /** Texts of which only beginning and end are shown. */
  readonly shortened: readonly ShortenedText[]
  /** Tokens of the whole request as it would have been, at least, and as it is; absent where nothing was counted. */
  readonly tokensBefore?: number
  readonly tokensAfter?: number
  /** What stands in the place of what is left out, if a model sums it up. */
  readonly summary?: string
}

/** A text of which only the beginning and the end are shown. */
export interface ShortenedText {
  /** Stands in the mark between the two, and names the text to the tool of `readShortened`. */
  readonly id: string
  /** How many characters (UTF-16 code units, as `length` counts) are not shown. */
  readonly leftOut: number
}

/** What a person is asked for: a reply, the opening message of a chat, the number of the next speaker, or whether code may run. */
export type HumanPurpose = 'reply' | 'opening' | 'speaker' | 'approval'

/** Says what happened, to whoever watches; at the place where it is called, or at the place given. */
export type Emit = (event: EventBody, at?: EventOrigin) => void

/** Something that happened in a run, in the order in which it happened. */
export type ChatEvent = EventBody &
  EventOrigin & {
    /** Counts the events of a run from 1; a reader that comes back says the last one that it saw. */
    readonly id: number
  }

/** An event of one type: `EventOf<'text-delta'>`. */
export type EventOf<Type extends EventBody['type']> = Extract<ChatEvent, { readonly type: Type }>
