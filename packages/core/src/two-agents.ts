import type { Agent } from './agent.ts'
import type { NextTurn, SpeakerRule, TurnTaken } from './chat-loop.ts'
import type { Conversation } from './conversation.ts'
import type { StopRule } from './stop-reason.ts'

/** The two sides of a chat. */
export interface Sides {
  readonly sender: Agent
  readonly recipient: Agent
}

/**
 * The sides take turns until each has spoken `maxTurns` times; the opening message is the sender's first.
 *
 * A recipient that stays silent does not end such a chat: the sender goes on, as in AutoGen. A silent sender does.
 */
export function takeTurns({ sender, recipient }: Sides, maxTurns: number): SpeakerRule {
  const limit = 2 * maxTurns - 1
  let asked = 0
  return (last): NextTurn => {
    const stop = last?.reply.stop
    const over = asked >= limit
    if (last && stop !== undefined && (over || last.speaker === sender)) return stopOf(last, stop)
    if (over) return { stop: 'max-turns', agent: (last?.speaker ?? sender).name }
    asked++
    return asked % 2 === 1 ? { speaker: recipient, sender } : { speaker: sender, sender: recipient }
  }
}

/**
 * Each side answers the other for as long as it is set to answer in this conversation, until one stays silent.
 *
 * @param requestReply - Whether the first message asks for an answer; absent leaves it to the conversation.
 */
export function whileAnswering(sides: Sides, conversation: Conversation, requestReply?: boolean): SpeakerRule {
  return (last): NextTurn => {
    if (last?.reply.stop !== undefined) return stopOf(last, last.reply.stop)
    const { speaker, sender } = other(sides, last)
    const answers = conversation.answering[speaker.name] ?? false
    const asked = last ? answers : (requestReply ?? answers)
    return asked ? { speaker, sender } : { stop: 'not-asked', agent: speaker.name }
  }
}

function stopOf({ speaker, reply }: TurnTaken, stop: StopRule): NextTurn {
  return { stop, agent: speaker.name, reason: reply.stop === undefined ? undefined : reply.reason }
}

function other(
  { sender, recipient }: Sides,
  last: TurnTaken | undefined,
): { readonly speaker: Agent; readonly sender: Agent } {
  return last?.speaker === recipient ? { speaker: sender, sender: recipient } : { speaker: recipient, sender }
}
