import type { ChatResult } from '../chat-result.ts'

/** Any error that this library throws on purpose. `code` is stable; `message` may be reworded. */
export abstract class AgentChatError extends Error {
  /** Tells errors apart for programs. */
  abstract readonly code: string
  readonly isAgentChatError = true
  /** The chat that the error ended, with its transcript up to there; absent when no chat had begun. */
  declare result?: ChatResult

  /** True also for an error of a second copy of the package, where `instanceof` says no. */
  static isInstance(value: unknown): value is AgentChatError {
    return value instanceof Error && 'isAgentChatError' in value
  }
}
