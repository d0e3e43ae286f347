import { AgentChatError } from 'conversable'
import { buildAgents, emptyStage } from './build-stage.ts'
import type { RealExecutor } from './real-executor.ts'
import type { Recording } from './recording.ts'
import { runStep } from './run-step.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

/** What came of a scenario. */
export interface Outcome {
  readonly recording: Recording
  /** By agent and partner, in AutoGen's form. */
  readonly histories: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>
  /** What ended the scenario before its end. */
  readonly error: unknown
}

/** Builds the agents of a scenario and takes its steps. An error ends it; what happened until then is given too. */
export async function runScenario(scenario: Scenario, real: RealExecutor = 'unsafe-local'): Promise<Outcome> {
  const stage = emptyStage(scenario, real)
  const error = await errorOf(stage)
  for (const executor of stage.executors) await executor[Symbol.asyncDispose]()
  return { recording: stage.recording, histories: stage.conversations.histories(), error }
}

async function errorOf(stage: Stage): Promise<unknown> {
  try {
    buildAgents(stage)
    for (const step of stage.scenario.steps) stage.recording.results.push(await runStep(stage, step))
    for (const model of stage.models) model.assertUsedUp()
    stage.person.assertUsedUp()
    return undefined
  } catch (error) {
    // A chat that fails leaves its conversation with the error.
    if (AgentChatError.isInstance(error) && error.result) stage.conversations.keep(error.result)
    return error
  }
}
