import type { Agent } from './agent.ts'
import type { ConversableAgentOptions } from './agent-options.ts'
import { ConversableAgent } from './conversable-agent.ts'
import { societyReply, type ResponsePreparer } from './replies/society.ts'
import type { GroupChatManager } from './group-chat-manager.ts'

/** What a {@link SocietyOfMindAgent} is made of. */
export interface SocietyOfMindAgentOptions extends ConversableAgentOptions {
  /** The manager of the group inside. */
  readonly chatManager: GroupChatManager
  /** Makes the answer of what was said inside. Default: the last inner message without its ending word, or, with a model, a standalone answer. */
  readonly responsePreparer?: ResponsePreparer
}

/** An agent that is a group inside: it lets the group talk about a message, and answers with what came out. */
export class SocietyOfMindAgent extends ConversableAgent {
  /** The manager of the group inside. */
  readonly agents: readonly Agent[]

  constructor({ chatManager, responsePreparer, ...options }: SocietyOfMindAgentOptions) {
    super({ systemMessage: '', ...options })
    this.agents = [chatManager]
    const reply = societyReply({ chatManager, responsePreparer, llmConfig: this.llmConfig })
    this.registerReply(undefined, reply, { position: 'beforeModel' })
  }
}
