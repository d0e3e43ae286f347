import type { Agent, Turn } from '../agent.ts'
import type { VisibilityRule } from '../chat-loop.ts'
import type { Message } from '../message.ts'
import type { LlmConfig } from '../ports/model.ts'
import type { NoProgressOptions } from '../progress-watch.ts'
import type { TransformMessages } from '../transforms/transform-messages.ts'

/** A way of choosing who speaks next. */
export type SelectionMethod = 'auto' | 'manual' | 'random' | 'round_robin'

/** What a selection function is given. */
export interface SelectionInput {
  /** Who spoke last; `undefined` if that was nobody of the group. */
  readonly lastSpeaker: Agent | undefined
  /** The transcript as the group's manager sees it, oldest first. */
  readonly messages: readonly Message[]
  readonly agents: readonly Agent[]
}

/** Names the next speaker, or a method to choose by; `undefined` ends the chat. */
export type SelectionFunction = (
  input: SelectionInput,
) => Agent | SelectionMethod | undefined | null | Promise<Agent | SelectionMethod | undefined | null>

/** The texts that a selector model is sent. `{roles}` and `{agentlist}` are filled in, other braces stay. */
export interface SelectionTexts {
  /** The system message. */
  readonly selectSpeakerMessageTemplate?: string
  /** The question behind the transcript; `null` for none. */
  readonly selectSpeakerPromptTemplate?: string | null
  /** Asked when the answer named several. */
  readonly selectSpeakerAutoMultipleTemplate?: string
  /** Asked when the answer named nobody. */
  readonly selectSpeakerAutoNoneTemplate?: string
}

/** What a group chat is made of. */
export interface GroupChatOptions extends SelectionTexts {
  /** The members, in the order in which they are listed and go round. */
  readonly agents: readonly Agent[]
  /** How many messages a run may have, the opening one counted. Default 10. */
  readonly maxRound?: number
  /** Default `auto`: a model chooses. Letter case does not matter. */
  readonly speakerSelectionMethod?: SelectionMethod | SelectionFunction
  /** Whether a member may follow itself, or the members that may. Default `true`. Not together with transitions. */
  readonly allowRepeatSpeaker?: boolean | readonly Agent[]
  /** From every member's name to the names that may, or may not, follow. An empty list of allowed ones is an end. */
  readonly speakerTransitions?: Readonly<Record<string, readonly string[]>>
  /** What `speakerTransitions` lists. */
  readonly speakerTransitionsType?: 'allowed' | 'disallowed'
  /** How often a selector is asked again after an answer that does not name one member. Default 2. */
  readonly maxRetriesForSelectingSpeaker?: number
  /** Whether a suggested call goes to a member that can run it. Default `true`. */
  readonly funcCallFilter?: boolean
  /** Whether the members are first told who is in the group. Default `false`. */
  readonly sendIntroductions?: boolean
  /** The model that selects. Default: the manager's. */
  readonly selectSpeakerAutoLlmConfig?: LlmConfig
  /** Changes what the selector sees of the transcript. Default: nothing is changed. */
  readonly selectSpeakerTransformMessages?: TransformMessages
  /** Whether the selector's conversation is shown. Default `false`. */
  readonly selectSpeakerAutoVerbose?: boolean
  /** The role of the question and of the hints in a selection request. Default `system`. */
  readonly roleForSelectSpeakerMessages?: 'system' | 'user' | 'assistant'
  /**
   * Whether a selector is asked for JSON of one of the names: `auto` if its provider is known to support it, `always`,
   * or `never`. Default `auto`.
   */
  readonly selectSpeakerStructuredOutput?: 'auto' | 'always' | 'never'
  /** Who speaks when a selector never names one member: the next one in order, a member, or nobody. Default `round_robin`. */
  readonly selectSpeakerFallback?: 'round_robin' | 'none' | Agent
  /** Who may see a message that does not say so itself. Default: all. */
  readonly visibleTo?: VisibilityRule
  /** As of a chat. */
  readonly noProgress?: NoProgressOptions | false
}

/** A group that was checked, with all defaults. */
export interface Group extends Required<
  Omit<
    GroupChatOptions,
    | 'selectSpeakerAutoLlmConfig'
    | 'selectSpeakerTransformMessages'
    | 'visibleTo'
    | 'speakerTransitions'
    | 'speakerTransitionsType'
  >
> {
  readonly manager: string
  readonly llmConfig: LlmConfig | undefined
  readonly selectSpeakerTransformMessages: TransformMessages | undefined
  readonly visibleTo: VisibilityRule | undefined
  /** From each member's name to those that may follow it. */
  readonly followers: ReadonlyMap<string, readonly Agent[]>
}

/** Which rule chose a speaker. */
export type SelectionRule = SelectionMethod | 'function' | 'only-executor' | 'only-candidate' | 'fallback'

/** A choice that is to be made. */
export interface Selection {
  readonly group: Group
  readonly lastSpeaker: Agent | undefined
  /** Who may speak next. */
  readonly candidates: readonly Agent[]
  /** The manager's turn. */
  readonly turn: Turn
}

/** A choice that was made. */
export interface Selected {
  readonly speaker: Agent
  readonly rule: SelectionRule
  /** The names of the members that could have been chosen. */
  readonly candidates: readonly string[]
  /** How many model requests it took. */
  readonly requests: number
}
