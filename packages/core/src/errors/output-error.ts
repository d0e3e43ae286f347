import { quote } from '../util/quote.ts'
import { AgentChatError } from './agent-chat-error.ts'

/** A model was asked for a result of a schema, and gave none that fits, however often it was asked. */
export class OutputError extends AgentChatError {
  override readonly name = 'OutputError'
  readonly code = 'output'
  /** The agent that was asked. */
  readonly agent: string
  /** What the model said last. */
  readonly text: string
  /** What is wrong with it. */
  readonly problems: readonly string[]

  constructor(
    agent: string,
    answer: { readonly text: string; readonly problems: readonly string[]; readonly requests: number },
  ) {
    const { text, problems, requests } = answer
    super(
      `Agent ${quote(agent)} gave no result that fits its schema in ${requests} requests. It said ${quote(text)} at last: ` +
        `${problems.map((problem) => problem.replace(/\.$/, '')).join('; ')}. Raise maxRepairs, loosen the schema, or take a stronger model.`,
    )
    this.agent = agent
    this.text = text
    this.problems = problems
  }
}
