import { carryoverItems } from './carryover.ts'
import { holdChat, type ChatOptions } from './chat.ts'
import { checkQueue } from './chat-queue.ts'
import type { ChatResult } from './chat-result.ts'
import type { ChatRun } from './chat-run.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import type { Agent } from './agent.ts'
import type { ChatContext } from './ports/chat-context.ts'
import { startRun, type RunOptions } from './start-run.ts'
import { RunCancellation } from './run-cancellation.ts'
import { quote } from './util/quote.ts'

/** The name of a chat in a graph. */
export type ChatKey = string | number

/** A chat that waits for others. */
export interface GraphChat extends ChatOptions {
  readonly chatId: ChatKey
  readonly sender: Agent
  readonly recipient: Agent
  /** The chats that must have ended; their summaries are taken as carryover, in this order. Default: none. */
  readonly prerequisites?: readonly ChatKey[]
  /** Prerequisites whose summaries are not taken. */
  readonly excludeFromCarryover?: readonly ChatKey[]
}

/**
 * Starts chats of which each begins as soon as its own prerequisites have ended; others run at the same time. The
 * first chat to fail cancels the rest, and the run's `outcome` has what there is of each that had begun.
 *
 * @throws ConfigurationError before the first chat begins; `invalid-graph` for a circle, a stranger or a doubled id.
 */
export function initiateChatGraph(
  chats: readonly GraphChat[],
  options: RunOptions = {},
): ChatRun<Map<ChatKey, ChatResult>> {
  checkQueue(chats, ['chatId', 'sender', 'recipient', 'prerequisites', 'excludeFromCarryover'])
  checkGraph(chats)
  const agents = chats.flatMap(({ sender, recipient }) => [sender, recipient])
  return startRun({ ...options, agents }, (outer, leave) => holdGraph(chats, outer, leave))
}

async function holdGraph(
  chats: readonly GraphChat[],
  outer: ChatContext,
  leave: (partial: Map<ChatKey, ChatResult>) => void,
): Promise<Map<ChatKey, ChatResult>> {
  const graphId = outer.newChatId()
  const cancellation = new RunCancellation(outer.signal)
  const { signal } = cancellation
  const ended = new Map<ChatKey, ChatResult>()
  const started = new Map<ChatKey, Promise<ChatResult>>()
  const hold = async (chat: GraphChat): Promise<ChatResult> => {
    const { chatId, sender, recipient, prerequisites = [], excludeFromCarryover = [], ...options } = chat
    const before = new Map<ChatKey, ChatResult>()
    for (const id of prerequisites) before.set(id, await resultOf(id))
    const summaries = [...before].flatMap(([id, { summary }]) => (excludeFromCarryover.includes(id) ? [] : [summary]))
    const carryover = [...carryoverItems(options.carryover), ...summaries]
    const context = { ...outer, signal, cancellation, newChatId: () => `${graphId}.${chatId}` }
    const frame = { outer: context, queued: true, leave: (partial: ChatResult) => void ended.set(chatId, partial) }
    const result = await holdChat({ sender, recipient }, { ...options, carryover }, frame)
    ended.set(chatId, result)
    return result
  }
  const resultOf = (id: ChatKey): Promise<ChatResult> => {
    const chat = chats.find((one) => one.chatId === id)
    const held = started.get(id) ?? hold(chat as GraphChat)
    started.set(id, held)
    return held
  }
  try {
    await Promise.all(chats.map((chat) => resultOf(chat.chatId)))
  } catch (error) {
    cancellation.cancel(error)
    await Promise.allSettled(started.values())
    leave(inOrder(chats, ended))
    throw error
  } finally {
    cancellation.close()
  }
  return inOrder(chats, ended)
}

function inOrder(chats: readonly GraphChat[], ended: ReadonlyMap<ChatKey, ChatResult>): Map<ChatKey, ChatResult> {
  const results = new Map<ChatKey, ChatResult>()
  for (const { chatId } of chats) {
    const result = ended.get(chatId)
    if (result) results.set(chatId, result)
  }
  return results
}

function checkGraph(chats: readonly GraphChat[]): void {
  const ids = chats.map((chat) => chat.chatId)
  const doubled = ids.find((id, index) => ids.indexOf(id) !== index)
  if (doubled !== undefined)
    throw invalid(`Two chats of the graph have the chatId ${quote(doubled)}. Give each its own.`)
  for (const { chatId, prerequisites = [] } of chats) {
    const stranger = prerequisites.find((id) => !ids.includes(id))
    if (stranger !== undefined) {
      throw invalid(
        `The chat ${quote(chatId)} waits for ${quote(stranger)}, which is not in the graph. It has ${ids.map(quote).join(', ')}.`,
      )
    }
  }
  const open = new Map(chats.map((chat) => [chat.chatId, new Set(chat.prerequisites)]))
  for (;;) {
    const ready = [...open].flatMap(([id, waitsFor]) => (waitsFor.size === 0 ? [id] : []))
    if (ready.length === 0) break
    for (const id of ready) open.delete(id)
    for (const waitsFor of open.values()) for (const id of ready) waitsFor.delete(id)
  }
  if (open.size === 0) return
  throw invalid(
    `The chats ${[...open.keys()].map(quote).join(', ')} wait for one another in a circle. Take one prerequisite away.`,
  )
}

function invalid(message: string): ConfigurationError {
  return new ConfigurationError('invalid-graph', message)
}
