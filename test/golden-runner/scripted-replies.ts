import {
  AssistantAgent,
  ConversableAgent,
  GroupChatManager,
  SocietyOfMindAgent,
  textOf,
  UserProxyAgent,
  type Reply,
  type ReplyFunction,
  type Trigger,
  type Turn,
} from 'conversable'
import { fillSlots } from './fill-slots.ts'
import { given } from './given.ts'
import { holdChat } from './hold-chats.ts'
import type { ReplySpec, TriggerSpec } from './scenario.ts'
import { agentOf, type Stage } from './stage.ts'
import { inputOf } from './wire.ts'

/** Registers a scripted reply function, which notes each time that it is asked. */
export function registerScriptedReply(stage: Stage, agent: ConversableAgent, spec: ReplySpec): void {
  let calls = 0
  const restores = stage.restores.get(agent.name) ?? []
  stage.restores.set(agent.name, [...restores, () => (calls = 0)])
  const reply: ReplyFunction = (turn) => {
    const { sender } = turn
    stage.recording.replyCalls.push({ agent: agent.name, label: spec.label ?? spec.do, from: sender?.name ?? null })
    return spec.do === 'chatWith' ? chatWith(stage, spec, turn) : answer(spec, turn, ++calls)
  }
  const { trigger, position, removeOthers } = spec
  agent.registerReply(trigger && triggerOf(stage, trigger), reply, {
    ...given({ position, removeOtherReplyFunctions: removeOthers }),
  })
}

/** A trigger of a scenario as this library takes it. */
export function triggerOf(stage: Stage, spec: TriggerSpec): Trigger {
  const { agent, name, kind, noSender, anyOf, notAgents, nameStartsWith } = spec
  if (agent !== undefined) return agentOf(stage, agent)
  if (name !== undefined) return name
  if (kind !== undefined) return kindOf(kind)
  if (noSender) return null
  if (anyOf) return anyOf.map((one) => triggerOf(stage, one))
  if (notAgents) return (sender) => sender !== undefined && !notAgents.includes(sender.name)
  if (nameStartsWith !== undefined) return (sender) => sender?.name.startsWith(nameStartsWith) ?? false
  throw new Error(`The trigger ${JSON.stringify(spec)} is not known.`)
}

function kindOf(kind: NonNullable<TriggerSpec['kind']>): Trigger {
  switch (kind) {
    case 'any':
      return (sender) => sender !== undefined
    case 'conversable':
      return ConversableAgent
    case 'assistant':
      return AssistantAgent
    case 'userProxy':
      return UserProxyAgent
    case 'groupManager':
      return GroupChatManager
    case 'societyOfMind':
      return SocietyOfMindAgent
  }
}

function answer(spec: ReplySpec, { messages, sender }: Turn, call: number): Reply | undefined {
  const { text = '', texts = [], contains = '' } = spec
  const last = lastOf(messages)
  switch (spec.do) {
    case 'constant':
      return { message: text }
    case 'message':
      return { message: structuredClone(inputOf(spec.message ?? '')) }
    case 'silence':
      return { stop: 'no-reply' }
    case 'decline':
      return undefined
    case 'lastUpper':
      return { message: last.toUpperCase() }
    case 'template':
      return { message: fillSlots(text, { last, n: messages.length, sender: sender?.name ?? 'nobody' }) }
    case 'count':
      return { message: fillSlots(text, { n: call }) }
    case 'whenContains':
      return last.includes(contains) ? { message: fillSlots(text, { last }) } : undefined
    case 'sequence':
      return call > texts.length ? undefined : { message: texts[call - 1] ?? '' }
    case 'fail':
      throw new Error(typeof spec.message === 'string' ? spec.message : 'failed')
    default:
      throw new Error(`There is no reply function "${spec.do}".`)
  }
}

/** Answers with the outcome of a chat with another agent. */
async function chatWith(stage: Stage, spec: ReplySpec, turn: Turn): Promise<Reply | undefined> {
  const { agent = '', message = '{last}', contains, unless, text = '{summary}', chat } = spec
  const last = lastOf(turn.messages)
  if (contains !== undefined && !last.includes(contains)) return undefined
  const opening = typeof message === 'string' ? fillSlots(message, { last }) : message
  const sides = { from: turn.recipient.name, to: agent }
  const { summary } = await holdChat(stage, { ...chat, ...sides, message: opening }, turn)
  if (unless !== undefined && !summary.includes(unless)) return undefined
  return { message: fillSlots(text, { summary }) }
}

function lastOf(messages: Turn['messages']): string {
  const last = messages.at(-1)
  return last ? textOf(last) : ''
}
