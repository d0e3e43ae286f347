import type { ChatContext, ChatRun, CodeExecutor, ConversableAgent, HumanInput, RunOptions, Tool } from 'conversable'
import type { ScriptedModel, ScriptedPerson } from 'conversable/testing'
import type { ConversationTable } from './conversation-table.ts'
import type { RealExecutor } from './real-executor.ts'
import { recordEvents, type Recording } from './recording.ts'
import type { Scenario } from './scenario.ts'

/** All that belongs to one run of a scenario. */
export interface Stage {
  readonly scenario: Scenario
  /** What runs code for real. */
  readonly real: RealExecutor
  /** To be disposed of in the end. */
  readonly executors: CodeExecutor[]
  readonly agents: Map<string, ConversableAgent>
  readonly tools: Map<string, Tool>
  readonly models: ScriptedModel[]
  readonly person: ScriptedPerson
  readonly conversations: ConversationTable
  readonly recording: Recording
  /** By agent: what brings its scripted reply functions back to their beginning. */
  readonly restores: Map<string, (() => void)[]>
  /** What the tools keep between calls. */
  readonly memory: ToolMemory
}

/** What the tools of a scenario keep between calls, by the name of a counter, list or game. */
export interface ToolMemory {
  readonly counts: Map<string, number>
  readonly lists: Map<string, string[]>
}

/** The agent of that name. */
export function agentOf(stage: Stage, name: string): ConversableAgent {
  const agent = stage.agents.get(name)
  if (!agent) throw new Error(`The scenario has no agent "${name}".`)
  return agent
}

/** The options of a run: of its own, or as a part of the run around it. */
export function runOptions(stage: Stage, parent: ChatContext | undefined): RunOptions {
  return parent ? { parent } : { humanInput: humanInput(stage) }
}

/** Records what happens in a run, unless the run around it does. */
export function watched<Result>(stage: Stage, run: ChatRun<Result>, parent?: ChatContext): ChatRun<Result> {
  if (parent) return run
  run.subscribe(recordEvents(stage.recording))
  run.subscribe((event) => stage.conversations.watch(event))
  return run
}

/** The person of a scenario at a terminal: the question stands there, the answer, and a line break. */
function humanInput({ person, recording }: Stage): HumanInput {
  return async (question) => {
    const answer = await person.humanInput(question)
    const { agent, prompt: text } = question
    recording.prompts.push({ agent, text, answer })
    recording.console.push(`${text}${answer}\n`)
    return answer
  }
}
