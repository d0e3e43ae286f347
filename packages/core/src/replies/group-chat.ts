import type { Reply, ReplyFunction, Turn } from '../agent.ts'
import { callback } from '../callback.ts'
import { holdChat } from '../chat.ts'
import { runChatLoop, type HeldChat, type NextTurn, type TurnTaken } from '../chat-loop.ts'
import { textOf, type Message } from '../message.ts'
import { ProgressWatch } from '../progress-watch.ts'
import type { Group } from '../speaker-selection/group.ts'
import { selectSpeaker } from '../speaker-selection/select-speaker.ts'

/** A group and the test of its manager. */
export interface GroupChatReplyOptions {
  readonly group: Group
  readonly isTerminationMsg: (message: Message) => boolean
}

/**
 * Takes over the conversation, lets the group speak in it, and ends it when the group is done. As a member of another
 * group, the manager holds a chat of its own and answers with its summary.
 */
export function groupChatReply(options: GroupChatReplyOptions): ReplyFunction {
  return (turn) => (turn.conversation.group === options.group.manager ? holdGroup(turn, options) : answerAsMember(turn))
}

async function holdGroup(turn: Turn, options: GroupChatReplyOptions): Promise<Reply> {
  const { group } = options
  const held: HeldChat = {
    conversation: turn.conversation,
    context: turn,
    silent: turn.recipient.silent ?? turn.silent,
    watch: group.noProgress === false ? undefined : new ProgressWatch(group.noProgress),
    visibleTo: group.visibleTo,
  }
  const { conversation } = turn
  const opened = conversation.messages.length - 1
  const { progress } = conversation
  conversation.progress = { agent: group.manager, turn: 0 }
  const reason = await runChatLoop(held, (last) => nextTurn(turn, { ...options, opened }, last))
  conversation.progress = progress
  return { stop: reason.rule, reason }
}

async function nextTurn(
  turn: Turn,
  { group, isTerminationMsg, opened }: GroupChatReplyOptions & { readonly opened: number },
  last: TurnTaken | undefined,
): Promise<NextTurn> {
  const { conversation, recipient: manager } = turn
  if (last?.reply.stop !== undefined)
    return { stop: last.reply.stop, agent: last.speaker.name, reason: last.reply.reason }
  const message = conversation.messages.at(-1)
  const isOver = (): boolean => message !== undefined && isTerminationMsg(message)
  if (callback({ agent: manager.name, what: 'its isTerminationMsg' }, isOver))
    return { stop: 'termination', agent: manager.name }
  if (conversation.messages.length - opened >= group.maxRound) return { stop: 'max-rounds', agent: manager.name }
  conversation.progress.agent = manager.name
  const selected = await selectSpeaker(group, turn)
  if (!selected) return { stop: 'no-speaker', agent: manager.name }
  const { speaker, ...how } = selected
  turn.emit({ type: 'speaker-select', speaker: speaker.name, ...how, silent: manager.silent ?? turn.silent })
  return { speaker, sender: manager }
}

async function answerAsMember(turn: Turn): Promise<Reply | undefined> {
  const { sender, recipient, silent } = turn
  const last = turn.messages.at(-1)
  if (!sender || !last) return undefined
  const result = await holdChat({ sender, recipient }, { message: textOf(last), silent }, { outer: turn })
  return { message: result.summary }
}
