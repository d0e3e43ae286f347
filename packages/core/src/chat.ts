import type { Agent } from './agent.ts'
import { carryoverItems, withCarryover, type Carryover } from './carryover.ts'
import { callback } from './callback.ts'
import { checkChatOutput, outputOf, type ChatOutputOptions } from './chat-output.ts'
import { runChatLoop, sendMessage, type HeldChat, type SpeakerRule } from './chat-loop.ts'
import type { ChatResult } from './chat-result.ts'
import { withResult, type ChatRun } from './chat-run.ts'
import { chatContext } from './context.ts'
import { Conversation } from './conversation.ts'
import { BudgetError } from './errors/budget-error.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { isSlotValue, textOf, type MessageInput, type SlotValues } from './message.ts'
import { askPerson } from './person.ts'
import type { ChatContext } from './ports/chat-context.ts'
import { ProgressWatch, type NoProgressOptions } from './progress-watch.ts'
import { startRun, type RunOptions } from './start-run.ts'
import type { StopReason } from './stop-reason.ts'
import { checkSummary, lastMessageSummary, sumUp, type SummaryArgs, type SummaryMethod } from './summary.ts'
import { takeTurns, whileAnswering, type Sides } from './two-agents.ts'
import { checkCount, checkOptions } from './check-options.ts'
import { isPromise } from './util/is-promise.ts'
import { quote } from './util/quote.ts'

/** What a computed opening message is made from. */
export interface OpeningInput extends Sides {
  /** The carryover of this chat, one text an item. It is not added to a computed message: the function does it. */
  readonly carryover: readonly string[]
  /** The chat's `context` option. */
  readonly context: Readonly<Record<string, unknown>>
}

/** How a chat is held. */
export interface ChatOptions<Output = unknown> {
  /** What the sender opens with: a message, or a function that makes it. Without it the sender's person is asked. */
  readonly message?:
    | MessageInput
    | ((input: OpeningInput) => MessageInput | undefined | Promise<MessageInput | undefined>)
  /** How often each side speaks at most, the opening message counted. By default until an agent ends the chat. */
  readonly maxTurns?: number
  /** An earlier conversation of the two to go on with; counters start anew. By default a new one is begun. */
  readonly conversation?: Conversation
  /** Keeps the messages of this chat from being printed. Default `false`. */
  readonly silent?: boolean
  /** Lets a chat in a row announce its message and carryover. Default `false`. */
  readonly verbose?: boolean
  /** What this chat takes from others; put behind its opening message. */
  readonly carryover?: Carryover
  /**
   * Further values for a computed opening message. With any other, the texts, numbers and booleans among them are its
   * `context`: they fill slots such as `{name}` for agents whose `llmConfig` has `allowFormatStrTemplate`.
   */
  readonly context?: Readonly<Record<string, unknown>>
  /** Default `last_msg`. */
  readonly summaryMethod?: SummaryMethod
  readonly summaryArgs?: SummaryArgs
  /** A result of a schema that the chat is to have: the last message if that fits, or else of a model that is asked. */
  readonly output?: ChatOutputOptions<Output>
  /** When a chat that goes round in circles is ended; `false` for never. Default: after 6 repeated messages. */
  readonly noProgress?: NoProgressOptions | false
}

const CHAT_OPTIONS: readonly string[] = Object.freeze([
  'message',
  'maxTurns',
  'conversation',
  'silent',
  'verbose',
  'carryover',
  'context',
  'summaryMethod',
  'summaryArgs',
  'output',
  'noProgress',
])

/** Where a chat is held. */
export interface ChatFrame {
  readonly outer: ChatContext
  /** Whether it is one of several. Default `false`. */
  readonly queued?: boolean
  /** Takes what there is of a chat that fails or is cancelled, before the error is thrown. */
  readonly leave?: (partial: ChatResult) => void
}

/** Starts a chat between two agents. */
export function initiateChat<Output>(
  sides: Sides,
  options: ChatOptions<Output> & RunOptions = {},
): ChatRun<ChatResult<Output>> {
  const { signal, runtime, humanInput, budget, prices, parent, ...chat } = options
  checkChat(sides, chat)
  const agents = [sides.sender, sides.recipient]
  const start = { signal, runtime, humanInput, budget, prices, parent, agents }
  const run = startRun<ChatResult>(start, (outer, leave) => holdChat(sides, chat, { outer, leave }))
  // What a schema lets through is of its type.
  return run as ChatRun<ChatResult<Output>>
}

/**
 * Refuses a chat that cannot be held as it was asked for.
 *
 * @throws ConfigurationError
 */
export function checkChat({ sender, recipient }: Sides, options: ChatOptions, further: readonly string[] = []): void {
  const owner = `the chat of ${quote(sender.name)} with ${quote(recipient.name)}`
  checkOptions(owner, options, further.length === 0 ? CHAT_OPTIONS : [...CHAT_OPTIONS, ...further])
  if (sender === recipient || sender.name === recipient.name) {
    throw new ConfigurationError(
      'duplicate-agent',
      `Agent ${quote(sender.name)} cannot hold a chat with ${sender === recipient ? 'itself' : 'another agent of the same name'}. ` +
        'Give the chat two agents with names of their own.',
    )
  }
  checkCount(owner, 'maxTurns', { value: options.maxTurns })
  carryoverItems(options.carryover)
  const { summaryMethod = 'last_msg', summaryArgs = {} } = options
  checkSummary({ sender, recipient, summaryMethod, summaryArgs })
  if (options.output) checkChatOutput({ sender, recipient }, options.output)
}

/** Holds a chat that was checked, inside a run. */
export async function holdChat(sides: Sides, options: ChatOptions, frame: ChatFrame): Promise<ChatResult> {
  const { maxTurns } = options
  const conversation = conversationOf(sides, options, frame.outer)
  const { answering, autoReplies } = conversation
  for (const { name } of [sides.sender, sides.recipient]) {
    answering[name] = maxTurns === undefined
    autoReplies[name] = 0
  }
  const rule = maxTurns === undefined ? whileAnswering(sides, conversation) : takeTurns(sides, maxTurns)
  return holdConversation({ sides, options, conversation, rule }, frame)
}

/** A chat with all that was worked out for it. */
export interface PreparedChat {
  readonly sides: Sides
  readonly options: ChatOptions
  readonly conversation: Conversation
  readonly rule: SpeakerRule
}

/** Opens a conversation, lets the agents speak, and sums up; in every case the transcript is left behind. */
export async function holdConversation(chat: PreparedChat, frame: ChatFrame): Promise<ChatResult> {
  const { conversation, options, sides } = chat
  const { outer } = frame
  const context = chatContext(outer, conversation.id)
  const held: HeldChat = { conversation, context, silent: options.silent ?? false, watch: watchOf(options) }
  claim(conversation, sides.sender)
  try {
    announce(chat, held, frame)
    const stopReason = (await open(chat, held)) ?? (await runChatLoop(held, chat.rule))
    context.budget?.throwIfUsedUp()
    const { summaryMethod = 'last_msg', summaryArgs = {}, output: asked } = options
    const output = asked && (await outputOf({ sides, conversation, options: asked }, context))
    const summary = await sumUp({ ...sides, conversation, summaryMethod, summaryArgs }, context)
    context.emit({ type: 'chat-end', stopReason })
    return resultOf(chat, context, { summary, output, stopReason })
  } catch (thrown) {
    const { aborted, reason } = context.signal
    const error: unknown = aborted ? reason : thrown
    const stopReason = cutOffBy(error, aborted, conversation)
    context.emit({ type: 'chat-end', stopReason })
    const summary = summaryOfCutOff(chat, stopReason)
    const partial = resultOf(chat, context, { summary, output: undefined, stopReason })
    frame.leave?.(partial)
    throw withResult(error, partial)
  } finally {
    conversation.inUse = false
    context.usage.close()
    // A new conversation is seldom gone on with, and its prompts would take more room than its messages.
    if (conversation !== options.conversation) conversation.forgetDerived()
  }
}

/** A watch for circles, unless it is switched off. */
function watchOf({ noProgress }: ChatOptions): ProgressWatch | undefined {
  return noProgress === false ? undefined : new ProgressWatch(noProgress)
}

function conversationOf({ sender, recipient }: Sides, { conversation }: ChatOptions, outer: ChatContext): Conversation {
  return (
    conversation ??
    new Conversation({ id: outer.newChatId(), answering: { [sender.name]: false, [recipient.name]: false } })
  )
}

/** Why a chat ended before its own rule ended it. */
function cutOffBy(error: unknown, aborted: boolean, { progress }: Conversation): StopReason {
  const detail = error instanceof Error ? error.message : quote(error)
  const rule = error instanceof BudgetError ? 'budget' : aborted ? 'aborted' : 'error'
  return { rule, ...progress, detail }
}

/** What can be had without asking anybody; nothing of a chat that went wrong, or is not to be summed up at all. */
function summaryOfCutOff({ sides, options, conversation }: PreparedChat, { rule }: StopReason): string {
  return rule === 'budget' && options.summaryMethod !== null ? lastMessageSummary(conversation, sides.sender) : ''
}

function claim(conversation: Conversation, sender: Agent): void {
  if (conversation.inUse) {
    throw new ConfigurationError(
      'conversation-in-use',
      `The conversation ${quote(conversation.id)} is being held in another chat. Wait until that one has ended, or ` +
        'begin a new conversation.',
    )
  }
  conversation.inUse = true
  conversation.progress = { agent: sender.name, turn: 0 }
}

function announce(
  { sides, options }: PreparedChat,
  { context, silent }: HeldChat,
  { outer, queued = false }: ChatFrame,
): void {
  const announcement = options.verbose && {
    message: announced(options.message),
    carryover: carryoverItems(options.carryover).join('\n'),
  }
  context.emit({
    type: 'chat-start',
    sender: sides.sender.name,
    recipient: sides.recipient.name,
    ...(outer.chatId !== '' && { parentChatId: outer.chatId }),
    queued,
    silent,
    ...(announcement && { announcement }),
  })
}

function announced(message: ChatOptions['message']): string {
  if (typeof message === 'function') return `Callable: ${message.name}`
  return message === undefined ? 'None' : textOf(typeof message === 'string' ? { content: message } : message)
}

/** Sends the opening message; gives the reason if there is to be none, or nothing is to follow. */
async function open({ sides, options, conversation }: PreparedChat, held: HeldChat): Promise<StopReason | undefined> {
  const nothingSaid = { agent: sides.sender.name, turn: 0 }
  if (options.maxTurns === 0) return { rule: 'max-turns', ...nothingSaid }
  held.context.signal.throwIfAborted()
  const refused = sides.recipient.openChat?.(conversation)
  if (refused) return { rule: refused, agent: sides.recipient.name, turn: 0 }
  const opening = await openingOf(sides, options, { conversation, context: held.context })
  if (opening === undefined) return { rule: 'no-reply', ...nothingSaid }
  const sent = await sendMessage(held, opening, sides)
  held.watch?.observe(sent)
  return undefined
}

async function openingOf(
  sides: Sides,
  options: ChatOptions,
  { conversation, context }: Pick<HeldChat, 'conversation' | 'context'>,
): Promise<MessageInput | undefined> {
  const { message } = options
  const { sender } = sides
  const carryover = carryoverItems(options.carryover)
  if (typeof message === 'function') {
    const made = callback({ agent: sender.name, what: 'the message of its chat', signal: context.signal }, () =>
      message({ ...sides, carryover, context: options.context ?? {} }),
    )
    return isPromise(made) ? await made : made
  }
  const typed =
    message !== undefined
      ? message
      : await askPerson(context, { agent: sender, conversation, prompt: '>', purpose: 'opening' })
  return withContext(withCarryover(typed, carryover), options.context)
}

/** A message with the values of a chat's context that can fill slots, unless it has a context itself. */
function withContext(message: MessageInput, context: ChatOptions['context'] = {}): MessageInput {
  const slots = Object.entries(context).filter((entry): entry is [string, SlotValues[string]] => isSlotValue(entry[1]))
  if (slots.length === 0) return message
  return { context: Object.fromEntries(slots), ...(typeof message === 'string' ? { content: message } : message) }
}

function resultOf(
  { sides, conversation }: PreparedChat,
  { usage }: ChatContext,
  { output, ...end }: Pick<ChatResult, 'summary' | 'output' | 'stopReason'>,
): ChatResult {
  const { sender, recipient } = sides
  const result: Omit<ChatResult, 'output'> = {
    chatId: conversation.id,
    sender: sender.name,
    recipient: recipient.name,
    chatHistory: conversation.snapshot(),
    ...end,
    conversation,
    usage: usage.report(),
    humanInput: [...(conversation.humanInput[sender.name] ?? [])],
  }
  // A chat that was asked for no output has none; its type is then unknown.
  return (output === undefined ? result : { ...result, output }) as ChatResult
}
