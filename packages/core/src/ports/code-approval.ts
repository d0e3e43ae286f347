import type { CodeBlock } from '../code-block.ts'
import type { CodeDecision } from '../code-decision.ts'

/** Code that an agent is about to run. */
export interface CodeRequest {
  /** A copy that cannot be changed: what is allowed is run exactly as it stands here. */
  readonly blocks: readonly CodeBlock[]
  /** Who is about to run it. */
  readonly agent: string
  /** Who wrote the message that it stands in. */
  readonly author: string
  readonly chatId: string
  /** Aborted when the run is cancelled: stop asking. */
  readonly signal: AbortSignal
}

/** Decides on code before it runs. */
export type BeforeExecute = (request: CodeRequest) => CodeDecision | Promise<CodeDecision>
