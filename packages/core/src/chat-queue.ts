import type { Agent } from './agent.ts'
import { carryoverItems } from './carryover.ts'
import { checkChat, holdChat, type ChatOptions } from './chat.ts'
import type { ChatResult } from './chat-result.ts'
import type { ChatRun } from './chat-run.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import type { ChatContext } from './ports/chat-context.ts'
import { startRun, type RunOptions } from './start-run.ts'
import { quote } from './util/quote.ts'

/** A chat of a row. */
export interface QueuedChat extends ChatOptions {
  readonly sender: Agent
  readonly recipient: Agent
  /** Positions of earlier chats of the row, counted from 0, whose summaries this one does not take. */
  readonly excludeFromCarryover?: readonly number[]
}

/** What a chat of a row has beside the options of a chat. */
export const QUEUE_OPTIONS: readonly string[] = Object.freeze(['sender', 'recipient', 'excludeFromCarryover'])

/**
 * Starts chats that are held one after the other; each takes the summaries of those before it as carryover.
 *
 * @throws ConfigurationError before the first chat begins.
 */
export function initiateChats(queue: readonly QueuedChat[], options: RunOptions = {}): ChatRun<ChatResult[]> {
  checkQueue(queue, QUEUE_OPTIONS)
  const agents = queue.flatMap(({ sender, recipient }) => [sender, recipient])
  return startRun({ ...options, agents }, (outer, leave) => holdChats(queue, outer, leave))
}

/** Holds the chats of a row, inside a run. */
export async function holdChats(
  queue: readonly QueuedChat[],
  outer: ChatContext,
  leave?: (partial: ChatResult[]) => void,
): Promise<ChatResult[]> {
  const results: ChatResult[] = []
  for (const { sender, recipient, excludeFromCarryover = [], ...options } of queue) {
    const summaries = results.flatMap(({ summary }, index) => (excludeFromCarryover.includes(index) ? [] : [summary]))
    const chat = { ...options, carryover: [...carryoverItems(options.carryover), ...summaries] }
    const frame = { outer, queued: true, leave: (partial: ChatResult) => leave?.([...results, partial]) }
    results.push(await holdChat({ sender, recipient }, chat, frame))
  }
  return results
}

/**
 * Refuses a list of chats before the first one begins.
 *
 * @throws ConfigurationError
 */
export function checkQueue(
  queue: readonly (ChatOptions & { readonly sender: Agent; readonly recipient: Agent })[],
  own: readonly string[],
): void {
  const byName = new Map<string, Agent>()
  for (const { sender, recipient, ...options } of queue) {
    for (const [role, agent] of Object.entries({ sender, recipient })) checkAgent(role, agent, byName)
    checkChat({ sender, recipient }, options, own)
  }
}

function checkAgent(role: string, agent: Agent | undefined, byName: Map<string, Agent>): void {
  if (!agent)
    throw new ConfigurationError(
      'invalid-option',
      `A chat of the list has no ${role}. Give it one: { ${role}: agent }.`,
    )
  const known = byName.get(agent.name)
  if (known && known !== agent) {
    throw new ConfigurationError(
      'duplicate-agent',
      `Two different agents of these chats are called ${quote(agent.name)}. Give each agent a name of its own.`,
    )
  }
  byName.set(agent.name, agent)
}
