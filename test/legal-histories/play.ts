import {
  AssistantAgent,
  Conversation,
  GroupChatManager,
  initiateChat,
  MessageHistoryLimiter,
  MessageTokenLimiter,
  SocietyOfMindAgent,
  tool,
  TransformMessages,
  UserProxyAgent,
  type Agent,
  type ChatResult,
  type ContextWindow,
  type ConversableAgent,
  type GroupChatOptions,
  type SelectionFunction,
} from 'conversable'
import { Dice } from './dice.ts'
import { MEMBERS, modelOf, TOOLS, Watch } from './mischief.ts'

/** How the chats of a conversation are held. */
const SHAPES = ['two', 'two', 'group', 'group', 'nested', 'expert', 'society'] as const
const letters = { count: (text: string) => text.length }

interface Setting {
  readonly shape: (typeof SHAPES)[number]
  readonly dice: Dice
  readonly watch: Watch
  /** No mischief: one more turn is to be taken. */
  readonly isCalm: boolean
}

/** What came of one conversation. */
export interface Played {
  readonly seed: number
  readonly shape: string
  readonly watch: Watch
  /** Why the last, undisturbed turn was not taken; absent if it was. */
  readonly stuck?: string
}

/**
 * Plays one conversation by chance: some chats with mischief, each of which may fail or be cancelled at any event, with
 * new models, settings and perhaps a conversation from storage in between; then one more turn without any.
 */
export async function play(seed: number): Promise<Played> {
  const dice = new Dice(seed)
  const watch = new Watch()
  const shape = dice.one(SHAPES)
  let conversation: Conversation | undefined
  for (let chats = dice.between(1, 3); chats > 0; chats--) {
    const { conversation: left } = await disturbed({ shape, dice, watch, isCalm: false }, conversation)
    conversation = dice.happens(0.5) ? new Conversation(JSON.parse(JSON.stringify(left))) : left
  }
  const before = watch.requests
  const stuck = await oneMoreTurn({ shape, dice, watch, isCalm: true }, conversation).catch(
    (error: unknown) => `it failed: ${String(error)}`,
  )
  if (stuck !== undefined) return { seed, shape, watch, stuck }
  return { seed, shape, watch, ...(watch.requests === before && { stuck: 'no model was asked' }) }
}

async function oneMoreTurn(setting: Setting, conversation: Conversation | undefined): Promise<string | undefined> {
  const { sender, recipient } = sidesOf(setting)
  const length = conversation?.messages.length ?? 0
  const { chatHistory, stopReason } = await initiateChat(
    { sender, recipient },
    { message: 'Go on.', maxTurns: 1, ...(conversation && { conversation }) },
  )
  // The opening, and one message of an agent at the least.
  return chatHistory.length >= length + 2 ? undefined : `it ended with ${stopReason.rule} and no reply`
}

/** A chat that is cancelled at some event, or whenever a tool hangs, and may fail. */
async function disturbed(setting: Setting, conversation: Conversation | undefined): Promise<ChatResult> {
  const { dice, watch } = setting
  const { sender, recipient } = sidesOf(setting)
  const controller = new AbortController()
  const stop = (): void => {
    if (!controller.signal.aborted) watch.cancelled++
    controller.abort(new Error('enough'))
  }
  const run = initiateChat(
    { sender, recipient },
    {
      message: dice.one(['Begin.', { content: [{ type: 'text', text: 'Begin.' }] }]),
      maxTurns: dice.between(1, 6),
      signal: controller.signal,
      summaryMethod: recipient.llmConfig && dice.happens(0.5) ? 'reflection_with_llm' : 'last_msg',
      ...(conversation && { conversation }),
      ...(dice.happens(0.5) && { noProgress: false as const }),
    },
  )
  const last = dice.happens(0.4) ? dice.between(1, 60) : Infinity
  run.subscribe((event) => {
    if (event.type === 'context-trim') watch.trims++
    if (event.id >= last) stop()
    if (event.type === 'tool-start' && event.call.name === 'hang') queueMicrotask(stop)
  })
  const result = await run.outcome
  if (result.stopReason.rule === 'error') watch.failed++
  return result
}

function sidesOf(setting: Setting): { readonly sender: Agent; readonly recipient: Agent } {
  const { shape, dice } = setting
  const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER', defaultAutoReply: 'Go on, please.' })
  for (const one of TOOLS) user.registerForExecution(one)
  if (shape === 'group') return { sender: user, recipient: groupOf(setting) }
  if (shape === 'society') {
    const llmConfig = dice.happens(0.7) ? llmConfigOf(setting, 'society') : undefined
    const society = new SocietyOfMindAgent({
      name: 'society',
      chatManager: groupOf(setting),
      ...(llmConfig && { llmConfig }),
    })
    return { sender: user, recipient: society }
  }
  const assistant = memberOf(setting, 'ann')
  const critic = memberOf(setting, 'bob')
  if (shape === 'nested')
    assistant.registerNestedChats(
      [{ recipient: critic, maxTurns: 2, summaryMethod: dice.one(['last_msg', 'reflection_with_llm']) }],
      {
        trigger: (sender) => sender === user && dice.happens(0.5),
      },
    )
  if (shape === 'expert') {
    const ask = expertTool(user, critic)
    assistant.registerForLLM(ask)
    user.registerForExecution(ask)
  }
  return { sender: user, recipient: assistant }
}

/** A tool that holds a chat with another agent, under the name of one that models call often. */
function expertTool(user: Agent, expert: Agent): ReturnType<typeof tool> {
  return tool({
    name: 'work',
    description: 'Asks an expert.',
    parameters: { type: 'object' },
    ownSteps: true,
    execute: async (_args, parent) =>
      (await initiateChat({ sender: user, recipient: expert }, { message: 'What now?', maxTurns: 2, parent })).summary,
  })
}

function groupOf(setting: Setting): GroupChatManager {
  const { dice, isCalm } = setting
  const members = MEMBERS.slice(0, dice.between(2, 3)).map((name) => memberOf(setting, name))
  const executors = dice.happens(0.3) ? dice.some(members, 0.7) : members
  for (const one of TOOLS) for (const member of executors) member.registerForExecution(one)
  // Whoever was handed over to is next; in between a model chooses.
  const handedOver: SelectionFunction = ({ messages }) =>
    members.find(({ name }) => messages.at(-1)?.toolResults?.some(({ content }) => content === name)) ?? 'auto'
  const groupChat: GroupChatOptions = {
    agents: members,
    maxRound: isCalm ? 2 : dice.between(2, 12),
    speakerSelectionMethod: dice.one(['auto', 'round_robin', 'random', handedOver]),
    sendIntroductions: dice.happens(0.3),
    funcCallFilter: dice.happens(0.8),
    ...(dice.happens(0.3) && { visibleTo: () => (dice.happens(0.3) ? dice.some(MEMBERS) : undefined) }),
  }
  return new GroupChatManager({ llmConfig: llmConfigOf(setting, 'chat_manager'), groupChat })
}

function memberOf(setting: Setting, name: string): ConversableAgent {
  const { dice } = setting
  const agent = new AssistantAgent({ name, systemMessage: `You are ${name}.`, llmConfig: llmConfigOf(setting, name) })
  for (const one of TOOLS) agent.registerForLLM(one)
  if (dice.happens(0.3)) trimmed(dice).addToAgent(agent)
  return agent
}

function llmConfigOf({ dice, watch, isCalm }: Setting, agent: string) {
  return {
    model: modelOf({ agent, dice, watch, names: MEMBERS, isCalm }),
    // As ever, but for the waits.
    retry: { initialDelayMs: 0 },
    ...(dice.happens(0.5) && { contextWindow: windowOf(dice) }),
  }
}

function windowOf(dice: Dice): ContextWindow {
  return {
    // The tools take 1,100 letters.
    maxInputTokens: dice.between(2_500, 8_000),
    tokenCounter: letters,
    keepLastMessages: dice.between(1, 5),
    compaction: dice.happens(0.3),
  }
}

function trimmed(dice: Dice): TransformMessages {
  const transforms = dice.happens(0.5)
    ? [new MessageHistoryLimiter({ maxMessages: dice.between(1, 6), keepFirstMessage: dice.happens(0.5) })]
    : [new MessageTokenLimiter({ maxTokens: dice.between(50, 1_000), tokenCounter: letters })]
  return new TransformMessages({ transforms, verbose: false })
}
