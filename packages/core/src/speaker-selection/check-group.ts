import { isAgent, type Agent } from '../agent.ts'
import { checkCount, checkOptions } from '../check-options.ts'
import { ConfigurationError, type ConfigurationCode } from '../errors/configuration-error.ts'
import { checkLlmConfig } from '../model/check-llm-config.ts'
import type { LlmConfig } from '../ports/model.ts'
import { TransformMessages } from '../transforms/transform-messages.ts'
import { quote } from '../util/quote.ts'
import type { Group, GroupChatOptions } from './group.ts'
import { methodOf } from './select-speaker.ts'
import { SELECT_SPEAKER_MESSAGE, SELECT_SPEAKER_MULTIPLE, SELECT_SPEAKER_NONE, SELECT_SPEAKER_PROMPT } from './texts.ts'

const OPTIONS = Object.freeze([
  'agents',
  'maxRound',
  'speakerSelectionMethod',
  'allowRepeatSpeaker',
  'speakerTransitions',
  'speakerTransitionsType',
  'maxRetriesForSelectingSpeaker',
  'funcCallFilter',
  'sendIntroductions',
  'selectSpeakerAutoLlmConfig',
  'selectSpeakerTransformMessages',
  'selectSpeakerAutoVerbose',
  'roleForSelectSpeakerMessages',
  'selectSpeakerStructuredOutput',
  'selectSpeakerFallback',
  'visibleTo',
  'noProgress',
  'selectSpeakerMessageTemplate',
  'selectSpeakerPromptTemplate',
  'selectSpeakerAutoMultipleTemplate',
  'selectSpeakerAutoNoneTemplate',
])

/**
 * Checks a group when it is built, and fills in the defaults.
 *
 * @throws ConfigurationError
 */
export function checkGroup(options: GroupChatOptions, manager: string, llmConfig: LlmConfig | undefined): Group {
  const owner = `the group of ${quote(manager)}`
  checkOptions(owner, options, OPTIONS)
  const { agents, speakerSelectionMethod = 'auto', selectSpeakerFallback = 'round_robin' } = options
  checkMembers(options, owner)
  checkCount(owner, 'maxRound', { value: options.maxRound, infinite: true })
  const { selectSpeakerAutoLlmConfig } = options
  if (selectSpeakerAutoLlmConfig) checkLlmConfig(selectSpeakerAutoLlmConfig, manager)
  checkCount(owner, 'maxRetriesForSelectingSpeaker', { value: options.maxRetriesForSelectingSpeaker })
  if (isAgent(selectSpeakerFallback) && !agents.includes(selectSpeakerFallback)) {
    throw refuse(
      'unknown-member',
      `The selectSpeakerFallback of ${owner} is ${quote(selectSpeakerFallback.name)}, who is no member.`,
    )
  }
  return {
    agents: [...agents],
    manager,
    llmConfig: selectSpeakerAutoLlmConfig ?? llmConfig,
    selectSpeakerTransformMessages: checkedTransforms(options, owner),
    visibleTo: options.visibleTo,
    followers: followersOf(options, owner),
    maxRound: options.maxRound ?? 10,
    speakerSelectionMethod:
      typeof speakerSelectionMethod === 'function' ? speakerSelectionMethod : methodOf(speakerSelectionMethod, manager),
    allowRepeatSpeaker: options.allowRepeatSpeaker ?? true,
    maxRetriesForSelectingSpeaker: options.maxRetriesForSelectingSpeaker ?? 2,
    funcCallFilter: options.funcCallFilter ?? true,
    sendIntroductions: options.sendIntroductions ?? false,
    selectSpeakerAutoVerbose: options.selectSpeakerAutoVerbose ?? false,
    roleForSelectSpeakerMessages: roleOf(options, owner),
    selectSpeakerStructuredOutput: options.selectSpeakerStructuredOutput ?? 'auto',
    selectSpeakerFallback,
    noProgress: options.noProgress ?? {},
    ...textsOf(options, owner),
  }
}

function checkedTransforms(
  { selectSpeakerTransformMessages: transforms }: GroupChatOptions,
  owner: string,
): GroupChatOptions['selectSpeakerTransformMessages'] {
  if (transforms === undefined || transforms instanceof TransformMessages) return transforms
  throw refuse(
    'invalid-option',
    `The selectSpeakerTransformMessages of ${owner} is ${quote(transforms)}. Give new TransformMessages({ transforms }).`,
  )
}

function checkMembers({ agents, speakerSelectionMethod }: GroupChatOptions, owner: string): void {
  if (!Array.isArray(agents) || !agents.every(isAgent)) {
    throw refuse('invalid-option', `The agents of ${owner} are ${quote(agents)}. Give a list of agents.`)
  }
  const least = typeof speakerSelectionMethod === 'function' ? 1 : 2
  if (agents.length < least) {
    throw refuse(
      'too-few-agents',
      `${capital(owner)} has ${agents.length} members. Give it at least ${least}, or hold a chat of two.`,
    )
  }
  const names = agents.map(({ name }) => name)
  const doubled = names.find((name, index) => names.indexOf(name) !== index)
  if (doubled !== undefined) {
    throw refuse('duplicate-agent', `Agent ${quote(doubled)} is twice in the group. Give each agent a name of its own.`)
  }
}

function followersOf(options: GroupChatOptions, owner: string): Map<string, readonly Agent[]> {
  const { agents, allowRepeatSpeaker = true, speakerTransitions: transitions, speakerTransitionsType: type } = options
  if (!transitions) {
    const repeats = Array.isArray(allowRepeatSpeaker)
      ? checkedRepeats(allowRepeatSpeaker as readonly Agent[], options)
      : allowRepeatSpeaker
    const mayRepeat = (agent: Agent): boolean => (typeof repeats === 'boolean' ? repeats : repeats.includes(agent))
    return new Map(agents.map((agent) => [agent.name, agents.filter((other) => other !== agent || mayRepeat(agent))]))
  }
  if (options.allowRepeatSpeaker !== undefined) {
    throw refuse(
      'transitions-and-repeat',
      `${capital(owner)} has both speakerTransitions and allowRepeatSpeaker. Put repeats into the transitions.`,
    )
  }
  if (type !== 'allowed' && type !== 'disallowed') {
    throw refuse(
      'transitions-type',
      `${capital(owner)} has ${quote(type)} as speakerTransitionsType. Use 'allowed' or 'disallowed'.`,
    )
  }
  checkTransitions(transitions, { agents, owner, type })
  return new Map(
    agents.map((agent) => {
      const listed = transitions[agent.name] ?? []
      return [agent.name, agents.filter((other) => listed.includes(other.name) === (type === 'allowed'))]
    }),
  )
}

function checkTransitions(
  transitions: Readonly<Record<string, readonly string[]>>,
  {
    agents,
    owner,
    type,
  }: { readonly agents: readonly Agent[]; readonly owner: string; readonly type: 'allowed' | 'disallowed' },
): void {
  const names = agents.map(({ name }) => name)
  for (const [name, listed] of Object.entries(transitions)) {
    const stranger = [name, ...listed].find((one) => !names.includes(one))
    if (stranger === undefined) continue
    throw refuse(
      'unknown-member',
      `The speakerTransitions of ${owner} name ${quote(stranger)}, who is no member. Members are ${names.map(quote).join(', ')}.`,
    )
  }
  const missing = names.find((name) => !Object.hasOwn(transitions, name))
  if (type === 'allowed' && missing !== undefined) {
    throw refuse(
      'unknown-member',
      `The speakerTransitions of ${owner} do not say who may follow ${quote(missing)}. Write ${missing}: [] if the chat ends there.`,
    )
  }
  const deadEnd = names.find(
    (name) => type === 'disallowed' && names.every((other) => transitions[name]?.includes(other)),
  )
  if (deadEnd !== undefined) {
    throw refuse(
      'unknown-member',
      `The speakerTransitions of ${owner} let nobody follow ${quote(deadEnd)}. For an end write allowed transitions with ${deadEnd}: [].`,
    )
  }
}

function checkedRepeats(repeats: readonly Agent[], { agents }: GroupChatOptions): readonly Agent[] {
  const stranger = repeats.find((agent) => !agents.includes(agent))
  if (!stranger) return repeats
  throw refuse('unknown-member', `The allowRepeatSpeaker of a group names ${quote(stranger.name)}, who is no member.`)
}

function roleOf(
  { roleForSelectSpeakerMessages: role = 'system' }: GroupChatOptions,
  owner: string,
): Group['roleForSelectSpeakerMessages'] {
  if (['system', 'user', 'assistant'].includes(role)) return role
  throw refuse(
    'invalid-option',
    `${capital(owner)} has ${quote(role)} as roleForSelectSpeakerMessages. Use 'system', 'user' or 'assistant'.`,
  )
}

function textsOf(
  options: GroupChatOptions,
  owner: string,
): Pick<
  Group,
  | 'selectSpeakerMessageTemplate'
  | 'selectSpeakerPromptTemplate'
  | 'selectSpeakerAutoMultipleTemplate'
  | 'selectSpeakerAutoNoneTemplate'
> {
  const text = (
    option: 'selectSpeakerMessageTemplate' | 'selectSpeakerAutoMultipleTemplate' | 'selectSpeakerAutoNoneTemplate',
    preset: string,
  ): string => {
    const { [option]: given = preset } = options
    if (typeof given === 'string' && given !== '') return given
    throw refuse('invalid-option', `${capital(owner)} has ${quote(given)} as ${option}. Give a text.`)
  }
  return {
    selectSpeakerMessageTemplate: text('selectSpeakerMessageTemplate', SELECT_SPEAKER_MESSAGE),
    selectSpeakerPromptTemplate:
      options.selectSpeakerPromptTemplate === undefined
        ? SELECT_SPEAKER_PROMPT
        : options.selectSpeakerPromptTemplate || null,
    selectSpeakerAutoMultipleTemplate: text('selectSpeakerAutoMultipleTemplate', SELECT_SPEAKER_MULTIPLE),
    selectSpeakerAutoNoneTemplate: text('selectSpeakerAutoNoneTemplate', SELECT_SPEAKER_NONE),
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function refuse(code: ConfigurationCode, message: string): ConfigurationError {
  return new ConfigurationError(code, message)
}
