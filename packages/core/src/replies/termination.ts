import type { Agent, Reply, ReplyFunction, Turn } from '../agent.ts'
import { failedCallback } from '../callback.ts'
import type { Message, ToolResult } from '../message.ts'
import { askPerson } from '../person.ts'

/**
 * When a person is asked: at every turn (`ALWAYS`), when the chat would end otherwise (`TERMINATE`), or not at all
 * (`NEVER`).
 */
export type HumanInputMode = 'ALWAYS' | 'TERMINATE' | 'NEVER'

/** What an agent has to say about the end of a chat. */
export interface TerminationOptions {
  readonly humanInputMode: HumanInputMode
  readonly isTerminationMsg: (message: Message) => boolean
  /** How many automatic replies in a row the agent gives a sender. */
  readonly maxConsecutiveAutoReply: (sender: Agent | undefined) => number
}

interface State {
  readonly options: TerminationOptions
  readonly limit: number
  readonly terminal: boolean
  readonly exhausted: boolean
}

/** Ends the chat, lets a person answer, or passes the turn on as one more automatic reply. */
export function terminationReply(options: TerminationOptions): ReplyFunction {
  return (turn) => {
    const last = turn.messages.at(-1)
    const limit = options.maxConsecutiveAutoReply(turn.sender)
    const exhausted = autoReplies(turn) >= limit
    const { humanInputMode: mode } = options
    if (mode === 'NEVER' && exhausted) return end(turn, 'max-auto-reply')
    const terminal = last !== undefined && isTerminal(last, options, turn)
    if (mode === 'NEVER') return terminal ? end(turn, 'termination') : goOn(turn, options)
    if (mode === 'TERMINATE' && !terminal && !exhausted) return goOn(turn, options)
    return replyOfPerson(turn, { options, limit, terminal, exhausted })
  }
}

function isTerminal(message: Message, { isTerminationMsg }: TerminationOptions, { recipient }: Turn): boolean {
  try {
    return isTerminationMsg(message)
  } catch (error) {
    return failedCallback({ agent: recipient.name, what: 'its isTerminationMsg' }, error)
  }
}

async function replyOfPerson(turn: Turn, state: State): Promise<Reply | undefined> {
  const { conversation, recipient } = turn
  const answer = await askPerson(turn, {
    agent: recipient,
    conversation,
    prompt: promptOf(turn, state),
    purpose: 'reply',
  })
  if (answer === 'exit') return end(turn, 'human-exit')
  if (answer !== '') {
    conversation.autoReplies[recipient.name] = 0
    return { message: { content: answer, ...interruptedCalls(turn) } }
  }
  if (state.terminal) return end(turn, 'termination')
  if (state.limit > 0) return goOn(turn, state.options)
  conversation.autoReplies[recipient.name] = 0
  return { message: '' }
}

function promptOf({ recipient, sender }: Turn, { options, terminal }: State): string {
  const partner = sender?.name ?? 'the sender'
  if (options.humanInputMode === 'ALWAYS') {
    return `Replying as ${recipient.name}. Provide feedback to ${partner}. Press enter to skip and use auto-reply, or type 'exit' to end the conversation: `
  }
  const enter = terminal ? "Press enter or type 'exit'" : "Press enter to skip and use auto-reply, or type 'exit'"
  return `Please give feedback to ${partner}. ${enter} to stop the conversation: `
}

/** A person's words over suggested calls: each call is answered, so that the history stays legal. */
function interruptedCalls({ messages }: Turn): { toolResults?: readonly ToolResult[] } {
  const calls = messages.at(-1)?.toolCalls
  if (!calls) return {}
  return {
    toolResults: calls.map(({ id, name }) => ({ callId: id, name, content: 'USER INTERRUPTED', isError: true })),
  }
}

function end({ conversation, recipient }: Turn, stop: 'termination' | 'max-auto-reply' | 'human-exit'): Reply {
  conversation.autoReplies[recipient.name] = 0
  return { stop }
}

function goOn(turn: Turn, { humanInputMode }: TerminationOptions): undefined {
  turn.conversation.autoReplies[turn.recipient.name] = autoReplies(turn) + 1
  if (humanInputMode !== 'NEVER') turn.emit({ type: 'auto-reply' })
  return undefined
}

function autoReplies({ conversation, recipient }: Turn): number {
  return conversation.autoReplies[recipient.name] ?? 0
}
