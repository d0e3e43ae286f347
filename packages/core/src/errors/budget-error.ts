import type { Budget } from '../ports/budget.ts'
import { AgentChatError } from './agent-chat-error.ts'

/**
 * A budget does not pay for what was to be done next. It ends the run that has the budget, which then gives what there
 * is by then and throws nothing; tools and reply functions that hold chats inside of that run see the error pass.
 */
export class BudgetError extends AgentChatError {
  override readonly name = 'BudgetError'
  readonly code = 'budget'
  /** Which limit it was. */
  readonly limit: keyof Budget
  /** Whose budget it was: 0 for that of the outermost run, 1 for that of a run inside it, and so on. */
  readonly level: number

  constructor(message: string, { limit, level }: { readonly limit: keyof Budget; readonly level: number }) {
    super(message)
    this.limit = limit
    this.level = level
  }
}
