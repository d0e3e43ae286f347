import { ConversableAgent } from './conversable-agent.ts'
import type { ConversableAgentOptions } from './agent-options.ts'
import type { HumanInputMode } from './replies/termination.ts'

/** What others are told of a {@link UserProxyAgent}, by its mode of human input. */
export const USER_PROXY_DESCRIPTIONS: Readonly<Record<HumanInputMode, string>> = Object.freeze({
  ALWAYS:
    'An attentive person who can answer questions, and who can also run Python code or shell commands and report the results.',
  TERMINATE: 'A user who can run Python code or shell commands and report the results.',
  NEVER:
    'A terminal that runs Python programs (in python fences) or shell scripts (in sh fences), and does nothing else.',
})

/**
 * An agent that stands for a person: asks it at every turn by default, and runs the tools that it was given. It has
 * neither a model nor a code executor unless it is given one.
 */
export class UserProxyAgent extends ConversableAgent {
  constructor(options: ConversableAgentOptions) {
    const { humanInputMode = 'ALWAYS' } = options ?? {}
    super({ humanInputMode, systemMessage: '', description: USER_PROXY_DESCRIPTIONS[humanInputMode], ...options })
  }
}
