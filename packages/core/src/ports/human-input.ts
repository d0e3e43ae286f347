import type { HumanPurpose } from '../event.ts'

/** A question to the person behind an agent. */
export interface HumanQuestion {
  /** As AutoGen words it: what to answer, what Enter and `exit` do, a space at the end; `>` for an opening message. */
  readonly prompt: string
  readonly purpose: HumanPurpose
  readonly agent: string
  readonly chatId: string
  /** Aborted when the run is cancelled: stop asking. */
  readonly signal: AbortSignal
}

/**
 * Asks a person and gives the answer, word for word. An empty text means "go on without me", and exactly `exit`
 * ends the chat.
 */
export type HumanInput = (question: HumanQuestion) => string | Promise<string>
