import { authorOf, Conversation, type ChatEvent, type ChatResult } from 'conversable'
import { wireStored } from './wire.ts'

/**
 * The conversations of a scenario, one for each two agents. In AutoGen each agent keeps its histories and counters;
 * here they belong to a conversation, and whoever wants to go on with it has to keep it.
 */
export class ConversationTable {
  readonly #byPair = new Map<string, Conversation>()
  /** The members of each group, by its manager. A group has one conversation, whoever opens it. */
  readonly #groups = new Map<string, readonly string[]>()
  /** What each agent counts when it is asked on nobody's behalf. */
  readonly #alone = new Map<string, Conversation>()
  /** Chats inside other chats, as far as they are seen from outside, by chat id. */
  readonly #mirrors = new Map<string, Conversation>()

  /** Makes the conversation of a manager that of its group. */
  addGroup(manager: string, members: readonly string[]): void {
    this.#groups.set(manager, members)
  }

  /** The conversation of two agents, if they have talked. */
  find(one: string, other: string): Conversation | undefined {
    return this.#byPair.get(this.#keyOf(one, other))
  }

  /** The conversation of two agents; a new one if they have not talked. */
  between(one: string, other: string): Conversation {
    const conversation = this.find(one, other) ?? new Conversation({ id: pairOf(one, other) })
    this.set(one, other, conversation)
    return conversation
  }

  /** The conversation on which an agent counts replies that nobody asked for. */
  alone(agent: string): Conversation {
    const conversation = this.#alone.get(agent) ?? new Conversation({ id: agent })
    this.#alone.set(agent, conversation)
    return conversation
  }

  /** Puts a conversation in the place of the earlier one of these two. */
  set(one: string, other: string, conversation: Conversation): void {
    this.#byPair.set(this.#keyOf(one, other), conversation)
  }

  /** Keeps the conversation of a chat, and gives the chat's result back. */
  keep(result: ChatResult): ChatResult {
    this.set(result.sender, result.recipient, result.conversation)
    this.#mirrors.delete(result.chatId)
    return result
  }

  /** Notes chats that nobody hands out, such as those inside of replies, from the events of the run around them. */
  watch(event: ChatEvent): void {
    if (event.type === 'chat-start') {
      const { sender, recipient, chatId } = event
      if (this.find(sender, recipient)?.id === chatId) return
      const mirror = new Conversation({ id: chatId })
      this.#mirrors.set(chatId, mirror)
      this.set(sender, recipient, mirror)
    } else if (event.type === 'message') {
      this.#mirrors.get(event.chatId)?.append(authorOf(event.message), event.message)
    }
  }

  #keyOf(one: string, other: string): string {
    const manager = [other, one].find((name) => this.#groups.has(name))
    return manager === undefined ? pairOf(one, other) : pairOf(manager, manager)
  }

  /** The partners of an agent with whom it has a conversation. */
  partnersOf(agent: string): string[] {
    return [...this.#byPair.keys()].map(partners).flatMap(([one, other]) => {
      if (agent === one) return [other]
      return agent === other ? [one] : []
    })
  }

  /** Forgets what two agents said but for the last `preserve` messages, and a call whose answer is kept. */
  clear(one: string, other: string, preserve = 0): void {
    const { messages = [], ...state } = this.between(one, other).toJSON()
    const first = Math.max(0, messages.length - preserve)
    const kept = messages.slice(messages[first]?.toolResults ? first - 1 : first)
    this.set(one, other, new Conversation({ ...state, messages: kept }))
  }

  /** Forgets an agent's conversations with everything that belongs to them. */
  forget(agent: string): void {
    for (const partner of this.partnersOf(agent)) this.#byPair.delete(pairOf(agent, partner))
    this.#alone.delete(agent)
  }

  /** What is stored, as in AutoGen: by agent and partner, each side with its own view of the roles. */
  histories(): Record<string, Record<string, unknown[]>> {
    const histories: Record<string, Record<string, unknown[]>> = {}
    for (const [pair, conversation] of this.#byPair) {
      const { messages, group } = conversation
      const [one, other] = partners(pair)
      for (const member of (group !== undefined && this.#groups.get(group)) || []) {
        ;(histories[member] ??= {})[one] = conversation
          .messagesFor(member)
          .map((message) => wireStored({ ...message, name: authorOf(message) }, member))
      }
      if (group !== undefined) continue
      for (const [owner, partner] of [
        [one, other],
        [other, one],
      ] as const) {
        ;(histories[owner] ??= {})[partner] = messages.map((message) => wireStored(message, owner))
      }
    }
    return histories
  }
}

function pairOf(one: string, other: string): string {
  return JSON.stringify([one, other].toSorted())
}

function partners(pair: string): [string, string] {
  // Made by `pairOf`.
  return JSON.parse(pair) as [string, string]
}
