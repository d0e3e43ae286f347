import {
  Conversation,
  initiateChatGraph,
  initiateChats,
  type ChatContext,
  type ChatOptions,
  type ChatResult,
  type ConversableAgent,
} from 'conversable'
import { chatOptions, openingOf } from './chat-options.ts'
import { given } from './given.ts'
import type { ChatSettings, ChatSpec, OpeningSpec } from './scenario.ts'
import { agentOf, runOptions, watched, type Stage } from './stage.ts'

/** A chat of two agents, by their names. */
export interface PairChat extends ChatSettings {
  readonly from: string
  readonly to: string
  readonly message?: OpeningSpec
}

/** Chats of one agent, or of the senders that they name. */
export interface ChatList {
  readonly from?: string
  readonly chats: readonly ChatSpec[]
}

/** Holds a chat; inside the turn or the tool call `parent`, if it is part of one. */
export async function holdChat(stage: Stage, chat: PairChat, parent?: ChatContext): Promise<ChatResult> {
  const { from, to, clearHistory = true } = chat
  const conversation = clearHistory ? undefined : stage.conversations.find(from, to)
  const run = agentOf(stage, from).initiateChat(agentOf(stage, to), {
    ...chatOptions(chat),
    ...openingOf(chat),
    ...given({ conversation }),
    ...runOptions(stage, parent),
  })
  return stage.conversations.keep(await watched(stage, run, parent))
}

/** Holds chats in a row. */
export async function holdQueue(stage: Stage, list: ChatList): Promise<ChatResult[]> {
  const queue = entriesOf(stage, list)
  const options = runOptions(stage, undefined)
  const { from } = list
  const run =
    from === undefined ? initiateChats(withSenders(queue), options) : agentOf(stage, from).initiateChats(queue, options)
  const results = await watched(stage, run)
  return results.map((result) => stage.conversations.keep(result))
}

/** Holds chats that wait for one another; gives their results by chat id. */
export async function holdGraph(stage: Stage, list: ChatList): Promise<Record<string, ChatResult>> {
  const { from, chats } = list
  const graph = entriesOf(stage, list).map((entry, index) => {
    const { chatId = index, prerequisites } = chats[index] ?? {}
    return { ...entry, chatId, ...given({ prerequisites }) }
  })
  const options = runOptions(stage, undefined)
  const run =
    from === undefined
      ? initiateChatGraph(withSenders(graph), options)
      : agentOf(stage, from).initiateChatGraph(graph, options)
  const results = await watched(stage, run)
  return Object.fromEntries([...results].map(([id, result]) => [String(id), stage.conversations.keep(result)]))
}

type Entry = ChatOptions & {
  readonly recipient: ConversableAgent
  readonly sender?: ConversableAgent
  readonly excludeFromCarryover?: readonly number[]
}

function entriesOf(stage: Stage, { from = '', chats }: ChatList): Entry[] {
  const pairs = chats.map((chat) => ({ from, ...chat }))
  const conversations = conversationsOf(stage, pairs)
  return chats.map((chat, index) => ({
    ...chatOptions(chat),
    ...openingOf(chat),
    recipient: agentOf(stage, chat.to),
    ...given({
      sender: chat.from === undefined ? undefined : agentOf(stage, chat.from),
      excludeFromCarryover: chat.excludeFromCarryover,
      conversation: conversations[index],
    }),
  }))
}

/**
 * The conversation of each chat of a list. One that keeps its history goes on with the one before it, so both are
 * given the same conversation before the first chat begins; other chats begin one of their own.
 */
function conversationsOf(stage: Stage, chats: readonly PairChat[]): (Conversation | undefined)[] {
  const planned: (Conversation | undefined)[] = []
  for (const [index, chat] of chats.entries()) {
    const before = chats.slice(0, index).findLastIndex((other) => isSamePair(other, chat))
    const next = chats.slice(index + 1).find((other) => isSamePair(other, chat))
    const earlier = before === -1 ? stage.conversations.find(chat.from, chat.to) : planned[before]
    const goesOn = chat.clearHistory === false
    const fresh = goesOn || next?.clearHistory === false ? new Conversation({ id: `chat ${index}` }) : undefined
    planned.push((goesOn ? earlier : undefined) ?? fresh)
  }
  return planned
}

function isSamePair(one: PairChat, other: PairChat): boolean {
  return (one.from === other.from && one.to === other.to) || (one.from === other.to && one.to === other.from)
}

function withSenders<Queued extends Entry>(entries: readonly Queued[]): (Queued & { sender: ConversableAgent })[] {
  return entries.map((entry) => {
    if (!entry.sender) throw new Error(`The chat with "${entry.recipient.name}" names no sender.`)
    return { ...entry, sender: entry.sender }
  })
}
