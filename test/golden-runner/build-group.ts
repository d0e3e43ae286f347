import {
  GroupChatManager,
  SocietyOfMindAgent,
  textOf,
  type Agent,
  type ConversableAgent,
  type ConversableAgentOptions,
  type GroupChatOptions,
  type Message,
  type ResponsePreparer,
  type SelectionFunction,
  type SelectionMethod,
} from 'conversable'
import { given } from './given.ts'
import { RecordingModel } from './recording-model.ts'
import type { AgentSpec, ChoiceSpec, GroupSpec, PreparerSpec, SelectionSpec } from './scenario.ts'
import { agentOf, type Stage } from './stage.ts'

/** Builds the manager of a group. */
export function newManager(stage: Stage, spec: AgentSpec, options: ConversableAgentOptions): ConversableAgent {
  const { group = { members: [] }, name } = spec
  const { codeExecutionConfig: _code, defaultAutoReply: _reply, ...managerOptions } = options
  stage.conversations.addGroup(name, group.members)
  return new GroupChatManager({ ...managerOptions, groupChat: groupOf(stage, group, name) })
}

/** Builds an agent that is a group inside. */
export function newSociety(stage: Stage, spec: AgentSpec, options: ConversableAgentOptions): ConversableAgent {
  const chatManager = agentOf(stage, spec.manager ?? '')
  if (!(chatManager instanceof GroupChatManager)) throw new Error(`The manager of "${spec.name}" is none.`)
  return new SocietyOfMindAgent({
    ...options,
    chatManager,
    ...given({ responsePreparer: preparerOf(spec.responsePreparer) }),
  })
}

function groupOf(stage: Stage, spec: GroupSpec, manager: string): GroupChatOptions {
  const { members, maxRound, allowRepeatSpeaker, speakerTransitions, selectorModel } = spec
  const model = selectorModel && new RecordingModel(manager, selectorModel, stage.recording.requests)
  if (model) stage.models.push(model)
  const { sendIntroductions, funcCallFilter, maxRetriesForSelectingSpeaker, selectSpeakerAutoVerbose } = spec
  const { selectSpeakerMessageTemplate, selectSpeakerPromptTemplate } = spec
  const { selectSpeakerAutoMultipleTemplate, selectSpeakerAutoNoneTemplate } = spec
  return {
    agents: members.map((name) => agentOf(stage, name)),
    ...given({
      maxRound,
      sendIntroductions,
      funcCallFilter,
      maxRetriesForSelectingSpeaker,
      selectSpeakerAutoVerbose,
      selectSpeakerMessageTemplate,
      selectSpeakerPromptTemplate,
      selectSpeakerAutoMultipleTemplate,
      selectSpeakerAutoNoneTemplate,
      speakerTransitions,
      // These may be something that has to be refused.
      speakerTransitionsType: spec.speakerTransitionsType as GroupChatOptions['speakerTransitionsType'],
      roleForSelectSpeakerMessages:
        spec.roleForSelectSpeakerMessages as GroupChatOptions['roleForSelectSpeakerMessages'],
      allowRepeatSpeaker: Array.isArray(allowRepeatSpeaker)
        ? (allowRepeatSpeaker as readonly string[]).map((name) => agentOf(stage, name))
        : (allowRepeatSpeaker as boolean | undefined),
      speakerSelectionMethod: methodOf(stage, spec.speakerSelectionMethod),
      selectSpeakerAutoLlmConfig: model && { model },
    }),
  }
}

function methodOf(stage: Stage, spec: SelectionSpec | undefined): SelectionMethod | SelectionFunction | undefined {
  // A text may be the name of no method.
  if (spec === undefined || typeof spec === 'string') return spec as SelectionMethod | undefined
  let calls = 0
  return ({ lastSpeaker, messages }) =>
    choiceOf(stage, chosenBy(spec, { call: calls++, lastSpeaker, last: messages.at(-1) }))
}

function chosenBy(
  spec: Exclude<SelectionSpec, string>,
  {
    call,
    lastSpeaker,
    last,
  }: { readonly call: number; readonly lastSpeaker: Agent | undefined; readonly last: Message | undefined },
): ChoiceSpec | undefined {
  switch (spec.do) {
    case 'sequence':
      return spec.choices[call]
    case 'after':
      return spec.map[lastSpeaker?.name ?? '']
    case 'keyword':
      return (spec.rules.find(({ contains }) => last && textOf(last).includes(contains)) ?? { choice: spec.otherwise })
        .choice
  }
}

function choiceOf(stage: Stage, choice: ChoiceSpec | undefined): ReturnType<SelectionFunction> {
  if (choice === undefined || choice === null) return undefined
  if (typeof choice === 'string') return agentOf(stage, choice)
  // Neither need be something that can be chosen.
  return ('method' in choice ? choice.method : choice.value) as SelectionMethod
}

function preparerOf(spec: PreparerSpec | undefined): ResponsePreparer | undefined {
  if (spec === undefined || typeof spec === 'string') return spec
  return (messages) => {
    switch (spec.do) {
      case 'join':
        return messages.map(textOf).join(spec.separator ?? ' | ')
      case 'count':
        return `${messages.length} inner messages`
      case 'speakers':
        return messages.map((message) => message.by ?? message.name).join(', ')
    }
  }
}
