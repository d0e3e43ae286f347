import { authorOf, isVisibleTo, type JsonValue, type Message, type MessageDraft } from './message.ts'

/** A conversation as plain JSON: what `toJSON` gives and the constructor takes. */
export interface ConversationState {
  readonly id: string
  readonly messages?: readonly Message[]
  readonly autoReplies?: Readonly<Record<string, number>>
  readonly answering?: Readonly<Record<string, boolean>>
  readonly humanInput?: Readonly<Record<string, readonly string[]>>
  readonly data?: Readonly<Record<string, JsonValue>>
  readonly group?: string
}

/**
 * The transcript of one chat and its counters. Everything that belongs to a chat is here and nothing of it on the
 * agents, so one agent can hold any number of chats at once, and a chat can be stored and taken up again.
 */
export class Conversation {
  readonly id: string
  /** By agent: automatic replies since a person last spoke for it, or since it stopped. */
  readonly autoReplies: Record<string, number>
  /** By agent: whether it answers a message that comes without asking for a reply. */
  readonly answering: Record<string, boolean>
  /** By agent: what its person typed, Enter (an empty text) and `exit` included. */
  readonly humanInput: Record<string, string[]>
  /** Room for what reply functions keep between turns, by a key of their own; JSON. */
  readonly data: Record<string, JsonValue>
  /** The manager of the group that talks here; absent between two agents. In a group everybody goes by its own name. */
  group: string | undefined
  /** Whether a chat is being held in it right now: two at once would mix. */
  inUse = false
  /** How far that chat has come, or the group's inside it: what a stop reason tells when it is cut off. */
  progress = { agent: '', turn: 0 }
  readonly #messages: Message[] = []
  #nextId: string | undefined
  #hasPrivate = false
  readonly #derived = new Map<string, unknown>()

  constructor(state: ConversationState) {
    this.id = state.id
    this.group = state.group
    for (const message of state.messages ?? []) this.#add(frozenCopy(message))
    this.autoReplies = { ...state.autoReplies }
    this.answering = { ...state.answering }
    this.humanInput = Object.fromEntries(
      Object.entries(state.humanInput ?? {}).map(([name, said]) => [name, [...said]]),
    )
    // Cloning nothing takes a microsecond.
    this.data = state.data ? structuredClone({ ...state.data }) : {}
  }

  /** The messages so far, oldest first. The list grows while the chat is held; the messages never change. */
  get messages(): readonly Message[] {
    return this.#messages
  }

  /** The messages that an agent may see; the whole list itself as long as none is private. */
  messagesFor(agent: string): readonly Message[] {
    if (!this.#hasPrivate) return this.#messages
    const view = this.derive(`messages:${agent}`, () => ({ seen: [] as Message[], taken: 0 }))
    for (; view.taken < this.#messages.length; view.taken++) {
      const message = this.#messages[this.#placeFor(agent, view.taken)]
      if (message && isVisibleTo(message, agent)) view.seen.push(message)
    }
    return view.seen
  }

  /** Whoever opened a group chat had spoken before it heard the introductions, with which the conversation begins. */
  #placeFor(agent: string, index: number): number {
    const [first, second] = this.#messages
    const introduced = first?.visibleTo !== undefined && first.name === this.group
    return index < 2 && introduced && second && authorOf(second) === agent ? 1 - index : index
  }

  /** The id that the next message will have. */
  get nextMessageId(): string {
    return (this.#nextId ??= `${this.id}/${this.#messages.length}`)
  }

  /** Adds a message of an agent, frozen. Fields that are no part of a message are left out. */
  append(agent: string, draft: MessageDraft): Message {
    const { content, name = agent, toolCalls, toolResults, visibleTo, context } = draft
    // Assigned one by one: every message comes this way, and a spread for each field takes longer than all else here.
    const message: { -readonly [field in keyof Message]: Message[field] } =
      name === agent
        ? { id: this.nextMessageId, name, content: frozenCopy(content ?? '') }
        : { id: this.nextMessageId, name, by: agent, content: frozenCopy(content ?? '') }
    if (toolCalls?.length) message.toolCalls = frozenCopy(toolCalls)
    if (toolResults?.length) message.toolResults = frozenCopy(toolResults)
    if (visibleTo) message.visibleTo = frozenCopy(visibleTo)
    if (context) message.context = frozenCopy(context)
    return this.#add(Object.freeze(message))
  }

  /** The last message of `agent`, or of anybody. */
  lastMessage(agent?: string): Message | undefined {
    if (agent === undefined) return this.#messages.at(-1)
    return this.#messages.findLast((message) => authorOf(message) === agent)
  }

  /** The messages so far, as a frozen list that later messages do not change. */
  snapshot(): readonly Message[] {
    return Object.freeze(this.#messages.slice())
  }

  /**
   * A value worked out from the messages and kept beside them, such as the prompt built so far. It is no part of
   * the conversation: it is left out of `toJSON` and made anew when it is missing.
   */
  derive<Value>(key: string, make: () => Value): Value {
    const known = this.#derived.get(key)
    // A key is used with one type only: each caller has a prefix of its own.
    if (known !== undefined) return known as Value
    const made = make()
    this.#derived.set(key, made)
    return made
  }

  /** Lets go of everything that was worked out. */
  forgetDerived(): void {
    this.#derived.clear()
  }

  /** The conversation as plain JSON, for `new Conversation(state)` in this process or another. */
  toJSON(): ConversationState {
    const { id, autoReplies, answering, humanInput, data, group } = this
    const state = { id, messages: this.#messages, autoReplies, answering, humanInput, data }
    return structuredClone(group === undefined ? state : { ...state, group })
  }

  #add(message: Message): Message {
    this.#messages.push(message)
    this.#nextId = undefined
    if (message.visibleTo) this.#hasPrivate = true
    return message
  }
}

/** A frozen copy of JSON data: what the caller holds stays his, and what is stored stays as it is. */
function frozenCopy<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  // A copy has the keys and the values of the original, so it is of its type.
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy)) as Value
  const copy = { ...value } as Record<string, unknown>
  for (const key of Object.keys(copy)) {
    const inner = copy[key]
    if (typeof inner === 'object') copy[key] = frozenCopy(inner)
  }
  return Object.freeze(copy) as Value
}
