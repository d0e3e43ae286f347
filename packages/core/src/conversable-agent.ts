import type { Agent, Reply, ReplyFunction, Sending, Trigger, Turn } from './agent.ts'
import { callback } from './callback.ts'
import { initiateChats, type QueuedChat } from './chat-queue.ts'
import { initiateChatGraph, type ChatKey, type GraphChat } from './chat-graph.ts'
import type { ChatResult } from './chat-result.ts'
import type { ChatRun } from './chat-run.ts'
import { initiateChat, type ChatOptions } from './chat.ts'
import { checkAgentOptions, DEFAULT_SYSTEM_MESSAGE, type ConversableAgentOptions } from './agent-options.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { HOOK_NAMES, type HookName, type Hooks } from './hooks.ts'
import { isToolAnswer, textOf, type Message, type MessageInput } from './message.ts'
import type { HumanInput } from './ports/human-input.ts'
import type { LlmConfig } from './ports/model.ts'
import type { Tool, ToolSpec } from './ports/tool.ts'
import { readOutput, type OutputOptions } from './model/output.ts'
import { codeExecutionReply } from './replies/code-execution.ts'
import { modelReply } from './replies/model.ts'
import { checkNestedChats, nestedChatsReply, type NestedChat } from './replies/nested-chats.ts'
import { terminationReply } from './replies/termination.ts'
import { toolCallsReply } from './replies/tool-calls.ts'
import { ReplyList, type RegisterReplyOptions, type ReplyPosition } from './reply-list.ts'
import { replyTo, type ReplyToOptions } from './reply-to.ts'
import { send, type SendOptions } from './send.ts'
import type { RunOptions } from './start-run.ts'
import { assertToolName } from './tools/tool-name.ts'
import { checkCount } from './check-options.ts'
import { quote } from './util/quote.ts'

const SILENCE: Reply = Object.freeze({ stop: 'no-reply' })
const NO_TOOLS: readonly ToolSpec[] = Object.freeze([])

/**
 * An agent that answers through a list of reply functions, the first of which to give a reply wins: end of chat and
 * human input, tool calls, code execution, model, and at last `defaultAutoReply`.
 *
 * It holds settings only. Change them between chats, not while one is held.
 */
export class ConversableAgent implements Agent {
  readonly name: string
  readonly llmConfig: LlmConfig | undefined
  readonly humanInput: HumanInput | undefined
  readonly silent: boolean | undefined
  readonly #description: string | undefined
  /** What is said if no reply function answers. */
  readonly #replies: ReplyList
  readonly #executable = new Map<string, Tool>()
  readonly #suggested = new Map<string, ToolSpec>()
  readonly #hooks: { readonly [Name in HookName]: Hooks[Name][] } = {
    processMessageBeforeSend: [],
    processAllMessagesBeforeReply: [],
    processLastReceivedMessage: [],
  }
  readonly #limits = new Map<string, number>()
  #limit: number
  #systemMessage: string

  constructor(options: ConversableAgentOptions) {
    checkAgentOptions(options)
    const { name, description, systemMessage = DEFAULT_SYSTEM_MESSAGE, llmConfig, codeExecutionConfig } = options
    this.name = name
    this.#description = description
    this.#systemMessage = systemMessage
    this.llmConfig = llmConfig || undefined
    this.humanInput = options.humanInput
    this.silent = options.silent
    this.#limit = options.maxConsecutiveAutoReply ?? 100
    const { defaultAutoReply = '' } = options
    this.#replies = new ReplyList(name, defaultAutoReply === null ? SILENCE : { message: defaultAutoReply })
    const { humanInputMode = 'TERMINATE', isTerminationMsg = (message: Message) => textOf(message) === 'TERMINATE' } =
      options
    const maxConsecutiveAutoReply = (sender: Agent | undefined): number => this.maxConsecutiveAutoReply(sender)
    this.#replies.addBuiltIn(
      'termination',
      terminationReply({ humanInputMode, isTerminationMsg, maxConsecutiveAutoReply }),
    )
    const { maxArgumentRepairs } = options
    this.#replies.addBuiltIn('toolCalls', toolCallsReply({ agent: name, tools: this.#executable, maxArgumentRepairs }))
    if (codeExecutionConfig) this.#replies.addBuiltIn('code', codeExecutionReply(codeExecutionConfig))
    if (this.llmConfig) this.#replies.addBuiltIn('model', this.#modelReply(this.llmConfig, options.output))
  }

  /** What a group's selector is told of the agent; the system message unless the agent was given one. */
  get description(): string {
    return this.#description ?? this.#systemMessage
  }

  get systemMessage(): string {
    return this.#systemMessage
  }

  /** Uses another system message from the next request on. */
  updateSystemMessage(systemMessage: string): void {
    this.#systemMessage = systemMessage
  }

  /** How many automatic replies in a row the agent gives the sender of that name; without a name, any sender. */
  maxConsecutiveAutoReply(sender?: Agent): number {
    return (sender && this.#limits.get(sender.name)) ?? this.#limit
  }

  /** Sets that limit for one sender, or for all, those with a limit of their own included. */
  updateMaxConsecutiveAutoReply(limit: number, sender?: Agent): void {
    checkCount(`agent ${quote(this.name)}`, 'maxConsecutiveAutoReply', { value: limit, infinite: true })
    if (sender) this.#limits.set(sender.name, limit)
    else {
      this.#limits.clear()
      this.#limit = limit
    }
  }

  /**
   * Adds a reply function, by default in front of all others.
   *
   * @param trigger - Which senders it answers; `undefined` for every sender and for none.
   */
  registerReply(trigger: Trigger | undefined, reply: ReplyFunction, options: RegisterReplyOptions = {}): this {
    this.#replies.add(trigger, reply, options)
    return this
  }

  /**
   * Answers the trigger's senders with the outcome of chats of its own; asked after the ending test by default.
   *
   * @param options.trigger - Leave the partners of these chats out, or the agent would answer them by nesting again.
   */
  registerNestedChats(
    chats: readonly NestedChat[],
    { trigger, position = 'afterTermination' }: { readonly trigger: Trigger; readonly position?: ReplyPosition },
  ): this {
    checkNestedChats(chats, this)
    return this.registerReply(trigger, nestedChatsReply(chats), { position })
  }

  /** Lets a function change messages at one of three moments. Hooks of one moment run in the order of registration. */
  registerHook<Name extends HookName>(name: Name, hook: Hooks[Name]): this {
    if (!HOOK_NAMES.includes(name)) {
      throw new ConfigurationError(
        'unknown-hook',
        `Agent ${quote(this.name)}: there is no hook ${quote(name)}. There are ${HOOK_NAMES.join(', ')}.`,
      )
    }
    if (this.#hooks[name].includes(hook)) {
      throw new ConfigurationError(
        'duplicate-hook',
        `Agent ${quote(this.name)} has this ${name} hook already. Register it once.`,
      )
    }
    this.#hooks[name].push(hook)
    return this
  }

  /** Offers a tool to the model, in the order of registration. Registering a name again replaces it, at the end. */
  registerForLLM(tool: ToolSpec): this {
    const { name, description, parameters } = tool
    assertToolName(name)
    if (!this.llmConfig) {
      throw new ConfigurationError(
        'tool-needs-model',
        `Agent ${quote(this.name)} cannot suggest the tool ${quote(name)}: it has no model. Give it an llmConfig.`,
      )
    }
    this.#suggested.delete(name)
    this.#suggested.set(name, { name, description, parameters })
    return this
  }

  /** Lets the agent run a tool when a message calls it. */
  registerForExecution(tool: Tool): this {
    assertToolName(tool.name)
    this.#executable.set(tool.name, tool)
    return this
  }

  /** Withdraws a tool from the agent's model. */
  unregisterForLLM(name: string): this {
    if (this.#suggested.delete(name)) return this
    throw new ConfigurationError(
      'unknown-tool',
      `Agent ${quote(this.name)} suggests no tool ${quote(name)}. ${listed(this.#suggested)}`,
    )
  }

  /** Takes a tool away, so that the agent does not run it any more. */
  unregisterForExecution(name: string): this {
    if (this.#executable.delete(name)) return this
    throw new ConfigurationError(
      'unknown-tool',
      `Agent ${quote(this.name)} runs no tool ${quote(name)}. ${listed(this.#executable)}`,
    )
  }

  /** Whether the agent runs the tool of that name; without a name, whether it runs any. */
  canExecute(name?: string): boolean {
    return name === undefined ? this.#executable.size > 0 : this.#executable.has(name)
  }

  /** Starts a chat with another agent: await the run, or iterate its events. */
  initiateChat<Output>(recipient: Agent, options: ChatOptions<Output> & RunOptions = {}): ChatRun<ChatResult<Output>> {
    return initiateChat({ sender: this, recipient }, options)
  }

  /** Starts chats one after the other; this agent is the sender where none is named. */
  initiateChats(
    queue: readonly (Omit<QueuedChat, 'sender'> & Partial<QueuedChat>)[],
    options: RunOptions = {},
  ): ChatRun<ChatResult[]> {
    return initiateChats(
      queue.map((chat) => ({ sender: this, ...chat })),
      options,
    )
  }

  /** Starts chats that wait for their prerequisites; this agent is the sender where none is named. */
  initiateChatGraph(
    chats: readonly (Omit<GraphChat, 'sender'> & Partial<GraphChat>)[],
    options: RunOptions = {},
  ): ChatRun<Map<ChatKey, ChatResult>> {
    return initiateChatGraph(
      chats.map((chat) => ({ sender: this, ...chat })),
      options,
    )
  }

  /** Sends one message, without preparing a chat: counters go on, and the other side answers if it is asked to. */
  send(message: MessageInput, recipient: Agent, options: SendOptions & RunOptions = {}): ChatRun<ChatResult> {
    return send({ sender: this, recipient }, message, options)
  }

  /**
   * Replies to messages outside of a chat, or to a conversation; nothing is stored but its counters. Gives `undefined`
   * for silence.
   *
   * @throws ConfigurationError `invalid-option` when there is neither.
   */
  replyTo(
    messages: MessageInput | readonly MessageInput[] | undefined,
    options: ReplyToOptions & RunOptions = {},
  ): ChatRun<MessageInput | undefined> {
    return replyTo(this, messages, options)
  }

  /** Takes a turn: lets the hooks change what is seen, then asks the reply functions in order. */
  generateReply(turn: Turn): Promise<Reply> {
    return this.#hasReplyHooks() ? this.#replyBehindHooks(turn) : this.#replies.answer(turn)
  }

  async #replyBehindHooks(turn: Turn): Promise<Reply> {
    const messages = await this.#hooked(turn)
    return this.#replies.answer(messages === turn.messages ? turn : { ...turn, messages })
  }

  /** Runs the hooks on a message that is about to be sent. */
  prepareMessage(message: MessageInput, about: Sending): MessageInput | Promise<MessageInput> {
    return this.#hooks.processMessageBeforeSend.length === 0 ? message : this.#beforeSend(message, about)
  }

  async #beforeSend(message: MessageInput, about: Sending): Promise<MessageInput> {
    let changed = message
    for (const hook of this.#hooks.processMessageBeforeSend) {
      const draft = typeof changed === 'string' ? { content: changed } : changed
      changed = await callback({ agent: this.name, what: 'its hook processMessageBeforeSend' }, () =>
        hook({ ...about, message: draft }),
      )
    }
    return changed
  }

  #hasReplyHooks(): boolean {
    return this.#hooks.processLastReceivedMessage.length + this.#hooks.processAllMessagesBeforeReply.length > 0
  }

  async #hooked(turn: Turn): Promise<readonly Message[]> {
    const { signal } = turn
    let seen = await this.#lastReceived(turn)
    for (const hook of this.#hooks.processAllMessagesBeforeReply) {
      seen = await callback({ agent: this.name, what: 'its hook processAllMessagesBeforeReply', signal }, () =>
        hook(seen, turn),
      )
    }
    return seen
  }

  async #lastReceived({ messages, signal }: Turn): Promise<readonly Message[]> {
    const last = messages.at(-1)
    if (!last || isToolAnswer(last) || last.content === 'exit') return messages
    let { content } = last
    for (const hook of this.#hooks.processLastReceivedMessage) {
      content = await callback({ agent: this.name, what: 'its hook processLastReceivedMessage', signal }, () =>
        hook(content),
      )
    }
    return content === last.content ? messages : [...messages.slice(0, -1), { ...last, content }]
  }

  #modelReply(llmConfig: LlmConfig, output: OutputOptions | undefined): ReplyFunction {
    return modelReply({
      agent: this.name,
      llmConfig,
      systemMessage: () => this.#systemMessage,
      tools: () => (this.#suggested.size === 0 ? NO_TOOLS : [...this.#suggested.values()]),
      output: output && readOutput(output, `agent ${quote(this.name)}`),
    })
  }
}

function listed(tools: ReadonlyMap<string, unknown>): string {
  return tools.size === 0 ? 'It has none.' : `It has ${[...tools.keys()].join(', ')}.`
}
