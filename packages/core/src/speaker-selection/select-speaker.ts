import { isAgent, stepKey, type Agent } from '../agent.ts'
import { callback } from '../callback.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { authorOf, type Message } from '../message.ts'
import { quote } from '../util/quote.ts'
import { selectByModel } from './auto.ts'
import type { Group, Selected, Selection, SelectionMethod, SelectionRule } from './group.ts'
import { selectByHand } from './manual.ts'
import { nextInOrder } from './order.ts'

/** The names of the methods. */
const SELECTION_METHODS: readonly SelectionMethod[] = Object.freeze(['auto', 'manual', 'random', 'round_robin'])

/**
 * Chooses who speaks next in a group; `undefined` if nobody may, or is to.
 *
 * In this order: a selection function; a suggested call goes to who can run it; repeats and transitions leave the
 * candidates; a single candidate speaks without a question; the group's method chooses among several.
 */
export async function selectSpeaker(group: Group, turn: Selection['turn']): Promise<Selected | undefined> {
  const last = turn.conversation.messages.at(-1)
  const lastSpeaker = group.agents.find((agent) => last && agent.name === authorOf(last))
  const { speakerSelectionMethod: configured } = group
  const choice = typeof configured === 'function' ? await byFunction(group, { turn, lastSpeaker }) : configured
  if (choice === undefined) return undefined
  if (isAgent(choice)) return chosen(choice, 'function', group.agents)

  const executors = group.funcCallFilter && last ? executorsFor(last, group.agents) : group.agents
  if (executors.length === 1 && executors[0] && last?.toolCalls) return chosen(executors[0], 'only-executor', executors)
  const candidates = eligibleAfter(lastSpeaker, executors, group)
  const [only] = candidates
  if (!only) return undefined
  if (candidates.length === 1) return chosen(only, 'only-candidate', candidates)
  return byMethod(choice, { group, lastSpeaker, candidates, turn })
}

async function byMethod(method: SelectionMethod, selection: Selection): Promise<Selected | undefined> {
  const { candidates, turn } = selection
  if (method === 'auto') return selectByModel(selection)
  const speaker =
    method === 'manual'
      ? await selectByHand(selection)
      : method === 'random'
        ? candidates[Math.floor(turn.runtime.random() * candidates.length)]
        : nextInOrder(selection)
  return speaker && chosen(speaker, method, candidates)
}

function chosen(speaker: Agent, rule: SelectionRule, candidates: readonly Agent[]): Selected {
  return { speaker, rule, candidates: candidates.map(({ name }) => name), requests: 0 }
}

async function byFunction(
  group: Group,
  { turn, lastSpeaker }: Pick<Selection, 'turn' | 'lastSpeaker'>,
): Promise<Agent | SelectionMethod | undefined> {
  const { agents, manager, speakerSelectionMethod: choose } = group
  if (typeof choose !== 'function') return undefined
  const { conversation, runtime, signal } = turn
  const ask = async (): Promise<FunctionChoice> => {
    const input = { lastSpeaker, messages: conversation.messagesFor(manager), agents }
    return readChoice(
      await callback({ agent: manager, what: 'its speakerSelectionMethod', signal }, () => choose(input)),
      group,
    )
  }
  const key = stepKey(turn, `select-speaker.${conversation.messages.length}`)
  const choice = await runtime.step(key, ask, {
    agent: manager,
    input: () => ({ lastSpeaker: lastSpeaker?.name ?? null, agents: agents.map(({ name }) => name) }),
  })
  return choice.method ?? agents.find(({ name }) => name === choice.agent)
}

/** What a function chose, as JSON; nothing at all ends the chat. */
interface FunctionChoice {
  readonly agent?: string
  readonly method?: SelectionMethod
}

function readChoice(choice: unknown, group: Group): FunctionChoice {
  if (choice === undefined || choice === null) return {}
  if (!isAgent(choice)) return { method: methodOf(choice, group.manager) }
  if (group.agents.includes(choice)) return { agent: choice.name }
  throw refuse('speaker-not-in-group', group, `gave agent ${quote(choice.name)}, who is not in the group`)
}

/**
 * The method of that name, in any letter case.
 *
 * @throws ConfigurationError `invalid-speaker-selection`.
 */
export function methodOf(value: unknown, manager: string): SelectionMethod {
  const name = typeof value === 'string' ? value.toLowerCase() : value
  const method = SELECTION_METHODS.find((one) => one === name)
  if (method) return method
  throw new ConfigurationError(
    typeof value === 'string' ? 'unknown-selection-method' : 'invalid-speaker-selection',
    `The group of ${quote(manager)} is to select speakers by ${quote(value)}. Use one of ${SELECTION_METHODS.join(', ')}, ` +
      'or a function that gives a member, one of these names, or undefined to end the chat.',
  )
}

/** Who can run the calls of a message: those that know all of them; or else, to answer that they do not, any with tools. */
function executorsFor({ toolCalls = [] }: Message, agents: readonly Agent[]): readonly Agent[] {
  if (toolCalls.length === 0) return agents
  const able = agents.filter((agent) => toolCalls.every((call) => agent.canExecute?.(call.name)))
  if (able.length > 0) return able
  const withTools = agents.filter((agent) => agent.canExecute?.())
  if (withTools.length > 0) return withTools
  throw new ConfigurationError(
    'no-agent-for-tool',
    `Nobody in the group can run ${toolCalls.map((call) => quote(call.name)).join(', ')}. ` +
      'Register the tool for execution with a member: agent.registerForExecution(tool).',
  )
}

function eligibleAfter(
  lastSpeaker: Agent | undefined,
  executors: readonly Agent[],
  { followers, agents }: Group,
): readonly Agent[] {
  // Whoever opened the chat from outside may be followed by anybody.
  const allowed = lastSpeaker ? (followers.get(lastSpeaker.name) ?? agents) : agents
  return executors.filter((agent) => allowed.includes(agent))
}

function refuse(code: 'speaker-not-in-group', { manager, agents }: Group, problem: string): ConfigurationError {
  const names = agents.map(({ name }) => quote(name)).join(', ')
  return new ConfigurationError(
    code,
    `The speakerSelectionMethod of ${quote(manager)} ${problem}. Its members are ${names}.`,
  )
}
