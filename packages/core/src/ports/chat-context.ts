import type { Emit } from '../event.ts'
import type { UsageMeter } from '../usage.ts'
import type { BudgetWall } from './budget.ts'
import type { Cancellation } from './cancellation.ts'
import type { HumanInput } from './human-input.ts'
import type { Prices } from './prices.ts'
import type { Runtime } from './runtime.ts'

/** What a whole run shares, the chats inside it included. Hand it on as `parent` to chats that belong to the run. */
export interface ChatContext {
  /** Aborted when the run is cancelled. Every wait ends with its reason. */
  readonly signal: AbortSignal
  /** The same, for waits that are to end with the run: cheaper than a listener for each. */
  readonly cancellation: Cancellation
  readonly runtime: Runtime
  /** Where this is in the run: the chat, and the agents inside whose turns it is, outermost first. */
  readonly chatId: string
  readonly path: readonly string[]
  readonly usage: UsageMeter
  /** What models cost. */
  readonly prices: Prices
  /** What may still be used; absent if nothing is limited. */
  readonly budget: BudgetWall | undefined
  /** Who is asked for agents that have no human input of their own. */
  readonly humanInput: HumanInput | undefined
  /** Says what happened, to whoever watches; here, or at the place given. */
  readonly emit: Emit
  /** The id for a chat inside this place; the same ids in the same order whenever the run is repeated. */
  newChatId(): string
}
