import type { ConversableAgentOptions } from './agent-options.ts'
import type { Agent } from './agent.ts'
import { ConversableAgent } from './conversable-agent.ts'
import type { Conversation } from './conversation.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { textOf, type Message } from './message.ts'
import { groupChatReply } from './replies/group-chat.ts'
import { prepareGroup, type PreparedGroup, type ResumeOptions } from './resume.ts'
import { checkGroup } from './speaker-selection/check-group.ts'
import type { Group, GroupChatOptions } from './speaker-selection/group.ts'
import { INTRODUCTION, rolesOf } from './speaker-selection/texts.ts'
import type { StopRule } from './stop-reason.ts'
import { quote } from './util/quote.ts'

/** What a {@link GroupChatManager} is made of. */
export interface GroupChatManagerOptions extends Omit<
  ConversableAgentOptions,
  'name' | 'codeExecutionConfig' | 'defaultAutoReply'
> {
  /** Default `chat_manager`. */
  readonly name?: string
  readonly groupChat: GroupChatOptions
}

/**
 * The agent that one talks to in order to talk to a group: `user.initiateChat(manager, { message })`. It lets the members
 * speak in one conversation, chooses who is next, and says nothing itself.
 */
export class GroupChatManager extends ConversableAgent {
  readonly #group: Group

  constructor({ groupChat, ...options }: GroupChatManagerOptions) {
    super({ name: 'chat_manager', humanInputMode: 'NEVER', systemMessage: 'Group chat manager.', ...options })
    const { isTerminationMsg = (message: Message) => textOf(message) === 'TERMINATE' } = options
    this.#group = checkGroup(groupChat, this.name, this.llmConfig)
    this.registerReply(undefined, groupChatReply({ group: this.#group, isTerminationMsg }), {
      removeOtherReplyFunctions: true,
    })
  }

  /** The members. */
  get agents(): readonly Agent[] {
    return this.#group.agents
  }

  /** Makes the conversation the group's, lets all counters start anew, and introduces the members to one another in a new one. */
  openChat(conversation: Conversation): StopRule | undefined {
    conversation.group = this.name
    for (const { name } of this.#group.agents) conversation.autoReplies[name] = 0
    if (this.#group.maxRound === 0) return 'max-rounds'
    if (!this.#group.sendIntroductions || conversation.messages.length > 0) return undefined
    conversation.append(this.name, {
      content: `${INTRODUCTION}\n\n${rolesOf(this.#group.agents)}`,
      visibleTo: this.#group.agents.map(({ name }) => name),
    })
    return undefined
  }

  /** Always refused: a manager selects speakers and does nothing else. */
  override registerForLLM(): never {
    throw new ConfigurationError(
      'manager-with-tools',
      `The manager ${quote(this.name)} cannot suggest tools. Register them with a member of its group.`,
    )
  }

  /**
   * Takes a stored transcript up again. The member that spoke last goes on from there:
   * `const { lastSpeaker, ...opening } = manager.resume(messages)`, then `initiateChat(manager, opening)` of that member.
   *
   * @throws ConfigurationError `unknown-speaker` when a message is by nobody of the group.
   */
  resume(messages: readonly Message[], options: ResumeOptions = {}): PreparedGroup {
    return prepareGroup(this.#group, messages, options)
  }
}
