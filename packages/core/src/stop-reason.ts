/**
 * Which rule ended a chat.
 *
 * - `termination`: an agent's ending test held for the last message.
 * - `max-turns`: `maxTurns` were taken.
 * - `max-auto-reply`: an agent gave as many automatic replies in a row as it may.
 * - `human-exit`: a person typed `exit`.
 * - `no-reply`: an agent had nothing to say, or there was no opening message.
 * - `not-asked`: nobody was to answer (after `send`).
 * - `stop-tool`: a tool that ends the chat was run.
 * - `error`: something failed; awaiting the run throws it.
 * - `aborted`: the run was cancelled.
 */
export type StopRule =
  | 'termination'
  | 'max-turns'
  | 'max-auto-reply'
  | 'human-exit'
  | 'no-reply'
  | 'not-asked'
  | 'stop-tool'
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
}
