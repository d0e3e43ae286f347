/**
 * Which rule ended a chat.
 *
 * - `termination`: an agent's ending test held for the last message.
 * - `max-turns`: `maxTurns` were taken.
 * - `max-rounds`: a group has said `maxRound` messages, the opening one counted.
 * - `max-auto-reply`: an agent gave as many automatic replies in a row as it may.
 * - `human-exit`: a person typed `exit`.
 * - `no-reply`: an agent had nothing to say, or there was no opening message.
 * - `not-asked`: nobody was to answer (after `send`).
 * - `no-speaker`: nobody in the group may or is to speak next.
 * - `no-progress`: the chat went round in circles; `evidence` shows the messages.
 * - `stop-tool`: a tool that ends the chat was run.
 * - `bad-arguments`: a model called tools with arguments that do not fit, and nothing else, once more than it may.
 * - `budget`: the budget of the run did not pay for the next model call, or its time was up; `detail` says which limit.
 * - `error`: something failed; awaiting the run throws it.
 * - `aborted`: the run was cancelled.
 */
export type StopRule =
  | 'termination'
  | 'max-turns'
  | 'max-rounds'
  | 'max-auto-reply'
  | 'human-exit'
  | 'no-reply'
  | 'not-asked'
  | 'no-speaker'
  | 'no-progress'
  | 'stop-tool'
  | 'bad-arguments'
  | 'budget'
  | 'error'
  | 'aborted'

/** Why a chat ended. */
export interface StopReason {
  readonly rule: StopRule
  /** The agent whose turn it was, or whose limit it is. */
  readonly agent: string
  /** How many turns had been taken in this chat, the one that ended it included; the opening message is none. */
  readonly turn: number
  /** More about it, for people. */
  readonly detail?: string
  /** The ids of the messages that the reason rests on. */
  readonly evidence?: readonly string[]
}
