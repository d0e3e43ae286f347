/** One scenario of a file in `test/golden`; the README there says what each word does, `schema.json` what is allowed. */
export interface Scenario {
  readonly name: string
  /** The rule that is pinned down. */
  readonly why: string
  readonly features?: readonly string[]
  /** Chats may run at the same time: order counts within a conversation only. */
  readonly order?: 'perConversation'
  readonly tools?: Readonly<Record<string, ToolSpec>>
  readonly agents: readonly AgentSpec[]
  /** What people answer, whoever is asked. */
  readonly human?: readonly string[]
  readonly steps: readonly Step[]
  readonly expect: Expected
}

/** A message as it is written on the wire. */
export interface WireMessage {
  readonly role?: string
  readonly name?: string
  readonly content?: string | readonly WirePart[] | null
  readonly tool_calls?: readonly WireCall[]
  readonly tool_call_id?: string
  readonly tool_responses?: readonly WireResult[]
}

/** A piece of a message of parts. */
export type WirePart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }

/** A suggested call. */
export interface WireCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

/** What came of a call. */
export interface WireResult {
  readonly role: 'tool'
  readonly tool_call_id: string
  readonly content: string
}

/** An agent of a scenario; what is absent has the default of AutoGen 0.2. */
export interface AgentSpec {
  readonly name: string
  readonly kind: 'conversable' | 'assistant' | 'userProxy' | 'groupManager' | 'societyOfMind'
  readonly systemMessage?: string
  readonly description?: string
  readonly humanInputMode?: 'ALWAYS' | 'TERMINATE' | 'NEVER'
  readonly maxConsecutiveAutoReply?: number
  readonly defaultAutoReply?: string | WireMessage | null
  readonly silent?: boolean
  readonly terminate?: EndingTest
  readonly model?: readonly ModelItem[]
  readonly suggests?: readonly string[]
  readonly executes?: readonly string[]
  readonly code?: CodeSpec
  readonly nested?: readonly { readonly trigger: TriggerSpec; readonly chats: readonly ChatSpec[] }[]
  readonly replies?: readonly ReplySpec[]
  readonly hooks?: readonly HookSpec[]
  readonly group?: GroupSpec
  readonly manager?: string
  readonly responsePreparer?: PreparerSpec
}

/** A group of agents, by their names. */
export interface GroupSpec {
  readonly members: readonly string[]
  readonly maxRound?: number
  readonly funcCallFilter?: boolean
  readonly sendIntroductions?: boolean
  readonly speakerSelectionMethod?: SelectionSpec
  readonly maxRetriesForSelectingSpeaker?: number
  readonly allowRepeatSpeaker?: boolean | readonly string[]
  readonly speakerTransitions?: Readonly<Record<string, readonly string[]>>
  readonly speakerTransitionsType?: string
  readonly selectSpeakerMessageTemplate?: string
  readonly selectSpeakerPromptTemplate?: string
  readonly selectSpeakerAutoMultipleTemplate?: string
  readonly selectSpeakerAutoNoneTemplate?: string
  readonly selectSpeakerAutoVerbose?: boolean
  readonly roleForSelectSpeakerMessages?: string
  readonly selectorModel?: readonly ModelItem[]
}

/** How the next speaker is chosen: a method, or a function. */
export type SelectionSpec =
  | string
  | { readonly do: 'sequence'; readonly choices: readonly ChoiceSpec[] }
  | { readonly do: 'after'; readonly map: Readonly<Record<string, ChoiceSpec>> }
  | {
      readonly do: 'keyword'
      readonly rules: readonly { readonly contains: string; readonly choice: ChoiceSpec }[]
      readonly otherwise: ChoiceSpec
    }

/** What a selection function gives: an agent, nobody, a method, or something that is neither. */
export type ChoiceSpec = string | null | { readonly method: string } | { readonly value: number }

/** How a society answers: an instruction for its model, or a function. */
export type PreparerSpec = string | { readonly do: 'join' | 'count' | 'speakers'; readonly separator?: string }

/** A request's answer in the script of a model. */
export type ModelItem =
  | string
  | {
      readonly text?: string | null
      readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
      readonly error?: string
    }

/** When a message ends a chat, by its text. */
export interface EndingTest {
  readonly equals?: string
  readonly endsWith?: string
  readonly startsWith?: string
  readonly contains?: string
  readonly always?: true
  readonly anyOf?: readonly EndingTest[]
  readonly trim?: boolean
}

/** Who runs code: a script, or this machine. */
export interface CodeSpec {
  readonly results?: readonly { readonly exitCode: number; readonly output: string }[]
  readonly run?: 'local'
  readonly timeoutSeconds?: number
  readonly lastNMessages?: number
}

/** Which senders a reply function answers. */
export interface TriggerSpec {
  readonly agent?: string
  readonly name?: string
  readonly kind?: AgentSpec['kind'] | 'any'
  readonly noSender?: true
  readonly anyOf?: readonly TriggerSpec[]
  readonly notAgents?: readonly string[]
  readonly nameStartsWith?: string
}

/** A reply function; which of the fields are there depends on `do`. */
export interface ReplySpec {
  readonly do: string
  readonly label?: string
  readonly trigger?: TriggerSpec
  readonly removeOthers?: boolean
  readonly position?: 'first' | 'afterTermination' | 'beforeToolCalls' | 'beforeCode' | 'beforeModel' | 'last'
  readonly text?: string
  readonly texts?: readonly string[]
  readonly contains?: string
  readonly unless?: string
  readonly message?: string | WireMessage
  readonly agent?: string
  readonly chat?: ChatSettings
}

/** A hook; which of the fields are there depends on `do`. `again` registers the hook of that label once more. */
export interface HookSpec {
  readonly on: string
  readonly do?: string
  readonly label?: string
  readonly again?: string
  readonly text?: string
  readonly from?: string
  readonly to?: string
  readonly n?: number
  readonly message?: WireMessage
}

/** A tool; which of the further fields are there depends on `do`. */
export interface ToolSpec {
  readonly description: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly do: string
  readonly separator?: string
  readonly value?: unknown
  readonly message?: string
  readonly table?: Readonly<Record<string, string>>
  readonly list?: string
  readonly game?: string
  readonly moves?: readonly (readonly string[])[]
  readonly asker?: string
  readonly expert?: string
  readonly argument?: string
  readonly followUp?: string
  readonly chat?: ChatSettings
}

/** How a chat is held. */
export interface ChatSettings {
  readonly maxTurns?: number
  readonly clearHistory?: boolean
  readonly silent?: boolean
  readonly verbose?: boolean
  readonly carryover?: unknown
  readonly context?: Readonly<Record<string, unknown>>
  readonly summaryMethod?: string | null | SummarySpec
  readonly summaryArgs?: Readonly<Record<string, unknown>>
}

/** A summary function. */
export interface SummarySpec {
  readonly do: string
  readonly text?: string
  readonly separator?: string
  readonly key?: string
}

/** What a chat opens with: a message, a function that makes it, or null for asking a person. */
export type OpeningSpec = string | null | WireMessage | ComputedMessage

/** A computed opening message. */
export interface ComputedMessage {
  readonly do: 'template' | 'none'
  readonly text?: string
}

/** A chat of a list: in a row, in a graph, or inside a reply. */
export interface ChatSpec extends ChatSettings {
  readonly from?: string
  readonly to: string
  readonly message?: OpeningSpec
  readonly chatId?: number
  readonly prerequisites?: readonly number[]
  readonly excludeFromCarryover?: readonly number[]
}

/** What is done, one step after the other. */
export type Step =
  | (ChatSpec & { readonly do: 'initiateChat'; readonly from: string })
  | { readonly do: 'initiateChats' | 'initiateChatGraph'; readonly from?: string; readonly chats: readonly ChatSpec[] }
  | SendStep
  | {
      readonly do: 'generateReply'
      readonly agent: string
      readonly messages?: readonly WireMessage[]
      readonly sender?: string
    }
  | { readonly do: 'lastMessage'; readonly agent: string; readonly partner?: string }
  | { readonly do: 'clearHistory'; readonly agent: string; readonly partner?: string; readonly preserve?: number }
  | { readonly do: 'reset'; readonly agent: string }
  | { readonly do: 'resetCounter' | 'stopReplyAtReceive'; readonly agent: string; readonly sender?: string }
  | {
      readonly do: 'updateMaxConsecutiveAutoReply'
      readonly agent: string
      readonly value: number
      readonly sender?: string
    }
  | { readonly do: 'updateSystemMessage'; readonly agent: string; readonly text: string }
  | { readonly do: 'suggestTool' | 'removeTool' | 'unregisterTool'; readonly agent: string; readonly tool: string }
  | { readonly do: 'setHumanInputMode'; readonly agent: string; readonly mode: string }
  | ResumeStep

/** Takes a group up again. */
export interface ResumeStep {
  readonly do: 'resume'
  readonly manager: string
  readonly messages: readonly WireMessage[]
  readonly removeTerminationString?: string
  readonly continue?: boolean
}

/** Sends one message. */
export interface SendStep {
  readonly do: 'send'
  readonly from: string
  readonly to: string
  readonly message: string | WireMessage
  readonly requestReply?: boolean
  readonly silent?: boolean
}

/** What happened in AutoGen. Values are compared as JSON, so they are left as they are. */
export interface Expected {
  readonly turns?: readonly unknown[]
  readonly requests?: readonly unknown[]
  readonly results?: readonly unknown[]
  readonly prompts?: readonly unknown[]
  readonly executions?: readonly unknown[]
  readonly codeRuns?: readonly unknown[]
  readonly replyCalls?: readonly unknown[]
  readonly selections?: readonly unknown[]
  readonly histories?: unknown
  readonly console?: readonly unknown[]
  readonly error?: { readonly code: string }
}
