import {
  AssistantAgent,
  ConversableAgent,
  textOf,
  UserProxyAgent,
  type ConversableAgentOptions,
  type Message,
  type NestedChat,
} from 'conversable'
import { scriptedPerson } from 'conversable/testing'
import { newManager, newSociety } from './build-group.ts'
import { chatOptions, computed, isComputed } from './chat-options.ts'
import { ConversationTable } from './conversation-table.ts'
import { given } from './given.ts'
import { recordingExecutor } from './recording-executor.ts'
import { RecordingModel } from './recording-model.ts'
import type { RealExecutor } from './real-executor.ts'
import { newRecording } from './recording.ts'
import type { AgentSpec, ChatSpec, EndingTest, Scenario } from './scenario.ts'
import { registerScriptedHooks } from './scripted-hooks.ts'
import { registerScriptedReply, triggerOf } from './scripted-replies.ts'
import { scriptedTool } from './scripted-tools.ts'
import { agentOf, type Stage } from './stage.ts'
import { inputOf } from './wire.ts'

/** A stage without agents: what a scenario fails with while they are made is the scenario's own failure. */
export function emptyStage(scenario: Scenario, real: RealExecutor): Stage {
  return {
    scenario,
    real,
    executors: [],
    agents: new Map(),
    tools: new Map(),
    models: [],
    person: scriptedPerson(scenario.human ?? []),
    conversations: new ConversationTable(),
    recording: newRecording(),
    restores: new Map(),
    memory: { counts: new Map(), lists: new Map() },
  }
}

/** Builds the agents, each with its tools; then gives each its nested chats, reply functions and hooks. */
export function buildAgents(stage: Stage): void {
  const { agents: specs } = stage.scenario
  for (const spec of specs) {
    const agent = newAgent(stage, spec)
    stage.agents.set(spec.name, agent)
    for (const name of spec.suggests ?? []) agent.registerForLLM(scriptedTool(stage, name))
    for (const name of spec.executes ?? []) agent.registerForExecution(scriptedTool(stage, name))
  }
  for (const spec of specs) {
    const agent = agentOf(stage, spec.name)
    for (const { trigger, chats } of spec.nested ?? []) {
      const nested = chats.map((chat) => nestedChat(stage, chat, spec.name))
      agent.registerNestedChats(nested, { trigger: triggerOf(stage, trigger) })
    }
    for (const reply of spec.replies ?? []) registerScriptedReply(stage, agent, reply)
    registerScriptedHooks(agent, spec.hooks ?? [])
  }
}

function newAgent(stage: Stage, spec: AgentSpec): ConversableAgent {
  const options = optionsOf(stage, spec)
  switch (spec.kind) {
    case 'conversable':
      return new ConversableAgent(options)
    case 'assistant':
      return new AssistantAgent(options)
    case 'userProxy':
      return new UserProxyAgent(options)
    case 'groupManager':
      return newManager(stage, spec, options)
    case 'societyOfMind':
      return newSociety(stage, spec, options)
  }
}

function optionsOf(stage: Stage, spec: AgentSpec): ConversableAgentOptions {
  const { name, systemMessage, description, humanInputMode, maxConsecutiveAutoReply, silent } = spec
  const { defaultAutoReply, terminate, model: script, code } = spec
  const { models, recording } = stage
  const model = script && new RecordingModel(name, script, recording.requests)
  if (model) models.push(model)
  return {
    name,
    ...given({
      systemMessage,
      description,
      humanInputMode,
      maxConsecutiveAutoReply,
      silent,
      defaultAutoReply:
        typeof defaultAutoReply === 'object' && defaultAutoReply ? inputOf(defaultAutoReply) : defaultAutoReply,
      isTerminationMsg: terminate && ((message: Message) => ends(terminate, textOf(message))),
      llmConfig: model && { model },
      codeExecutionConfig: code && {
        executor: recordingExecutor(name, code, stage),
        ...given({ lastNMessages: code.lastNMessages }),
        confirmUnattended: true,
      },
    }),
  }
}

function ends(test: EndingTest, text: string): boolean {
  const { equals, endsWith, startsWith, contains, always, anyOf, trim } = test
  const seen = trim ? text.trim() : text
  if (anyOf) return anyOf.some((one) => ends(one, text))
  if (equals !== undefined) return seen === equals
  if (endsWith !== undefined) return seen.endsWith(endsWith)
  if (startsWith !== undefined) return seen.startsWith(startsWith)
  if (contains !== undefined) return seen.includes(contains)
  return always === true
}

function nestedChat(stage: Stage, chat: ChatSpec, owner: string): NestedChat {
  const { from = owner, to, excludeFromCarryover, clearHistory = true } = chat
  const nested: NestedChat = {
    ...chatOptions(chat),
    ...nestedOpening(chat),
    recipient: agentOf(stage, to),
    ...given({ sender: chat.from === undefined ? undefined : agentOf(stage, chat.from), excludeFromCarryover }),
  }
  if (clearHistory) return nested
  return { ...nested, conversation: stage.conversations.between(from, to) }
}

function nestedOpening({ message }: ChatSpec): Pick<NestedChat, 'message'> {
  if (message === undefined || message === null) return {}
  if (!isComputed(message)) return { message: inputOf(message) }
  return {
    message: ({ messages, sender, recipient }) => {
      const [first, last] = [messages[0], messages.at(-1)]
      return computed(message, {
        last: last ? textOf(last) : '',
        first: first ? textOf(first) : '',
        n: messages.length,
        sender: sender?.name ?? 'nobody',
        recipient: recipient.name,
      })
    },
  }
}
