import { hasPython, hasShell } from './local-executor.ts'
import type { Scenario } from './scenario.ts'

const LEGACY_FUNCTIONS = /"(?:suggestsFunctions|functionCall|function_call)":/

/** By feature: why it is missing, or `undefined` for one that is there. */
export type Features = ReadonlyMap<string, string | undefined>

/** Finds out which features there are: some are left out by choice, some depend on the machine. */
export function findFeatures(): Features {
  return new Map([
    ['inferLanguage', undefined],
    ['pythonJson', 'results are plain JSON'],
    ['societyOfMind', undefined],
    ['shell', hasShell() ? undefined : 'no shell on this machine'],
    ['python', hasPython() ? undefined : 'no Python on this machine'],
  ])
}

/** Why a scenario is not run; `undefined` for one that is. */
export function skipReason(scenario: Scenario, known: Features): string | undefined {
  const { name, features = [] } = scenario
  if (name.startsWith('legacy-functions/') || LEGACY_FUNCTIONS.test(JSON.stringify(scenario))) return 'legacy functions'
  const reasons = features.map((feature) => (known.has(feature) ? known.get(feature) : `unknown feature ${feature}`))
  return reasons.find((reason) => reason !== undefined)
}
