import { join } from 'node:path'
import { assert, describe, test } from 'vitest'
import { failureText, judge } from './golden-runner/judge.ts'
import { readScenarios } from './golden-runner/read-scenarios.ts'
import { runScenario } from './golden-runner/run-scenario.ts'
import { findFeatures, skipReason } from './golden-runner/skip-reason.ts'

const scenarios = readScenarios([join(import.meta.dirname, 'golden')])
const features = await findFeatures()
const shutIn = await findFeatures('bubblewrap')
for (const feature of ['shell', 'python']) {
  const missing = shutIn.get(feature)
  if (missing !== undefined) console.warn(`SKIPPED, scenarios that need ${feature} in bubblewrap: ${missing}`)
}

describe('agents converse as those of AutoGen do', () => {
  test.for(scenarios)('$name', async (scenario, { skip }) => {
    const reason = skipReason(scenario, features)
    if (reason !== undefined) return skip(reason)

    const problems = judge(scenario, await runScenario(scenario))

    if (problems.length > 0) assert.fail(failureText(scenario, problems))
  })
})

describe('code that runs shut in, by bubblewrap, gives what AutoGen gives', () => {
  const real = scenarios.filter(({ agents }) => agents.some(({ code }) => code?.run === 'local'))

  test.for(real)('$name', async (scenario, { skip }) => {
    const reason = skipReason(scenario, shutIn)
    if (reason !== undefined) return skip(reason)

    const problems = judge(scenario, await runScenario(scenario, 'bubblewrap'))

    if (problems.length > 0) assert.fail(failureText(scenario, problems))
  })
})
