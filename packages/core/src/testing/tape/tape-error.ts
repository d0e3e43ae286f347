import { AgentChatError } from '../../errors/agent-chat-error.ts'

/** What a {@link TapeError} points at. */
export interface TapeErrorPlace {
  /** The key of the step. */
  readonly step?: string
  readonly agent?: string
  /** The index of the message that was being written. */
  readonly turn?: number
  /** What went in differently, such as `prompt[4].content[0].text`. */
  readonly field?: string
}

/** A tape cannot be read, or a run is not the one that is on it. */
export class TapeError extends AgentChatError {
  override readonly name = 'TapeError'
  readonly code = 'tape'
  readonly step: string | undefined
  readonly agent: string | undefined
  readonly turn: number | undefined
  readonly field: string | undefined

  constructor(message: string, place: TapeErrorPlace & { readonly cause?: unknown } = {}) {
    super(message, { cause: place.cause })
    this.step = place.step
    this.agent = place.agent
    this.turn = place.turn
    this.field = place.field
  }
}
