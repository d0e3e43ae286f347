import { join } from 'node:path'
import { assert, describe, test } from 'vitest'
import { failureText, judgeConsole } from './golden-runner/judge.ts'
import { readScenarios } from './golden-runner/read-scenarios.ts'
import { runScenario } from './golden-runner/run-scenario.ts'
import { findFeatures, skipReason } from './golden-runner/skip-reason.ts'

const printed = readScenarios([join(import.meta.dirname, 'golden')]).filter(({ expect }) => expect.console)
const features = await findFeatures()

describe('a transcript is printed as AutoGen prints it', () => {
  test.for(printed)('$name', async (scenario, { skip }) => {
    const reason = skipReason(scenario, features)
    if (reason !== undefined) return skip(reason)

    const problems = judgeConsole(scenario, await runScenario(scenario))

    if (problems.length > 0) assert.fail(failureText(scenario, problems))
  })
})
