import { whyMissing, type RealExecutor } from './real-executor.ts'
import type { Scenario } from './scenario.ts'

const LEGACY_FUNCTIONS = /"(?:suggestsFunctions|functionCall|function_call)":/

/** By feature: why it is missing, or `undefined` for one that is there. */
export type Features = ReadonlyMap<string, string | undefined>

/** Finds out which features there are: some are left out by choice, some depend on the machine. */
export async function findFeatures(real: RealExecutor = 'unsafe-local'): Promise<Features> {
  return new Map([
    ['inferLanguage', undefined],
    ['pythonJson', 'results are plain JSON'],
    ['societyOfMind', undefined],
    ['shell', await whyMissing('sh', real)],
    ['python', await whyMissing('python', real)],
  ])
}

/** Why a scenario is not run; `undefined` for one that is. */
export function skipReason(scenario: Scenario, known: Features): string | undefined {
  const { name, features = [] } = scenario
  if (name.startsWith('legacy-functions/') || LEGACY_FUNCTIONS.test(JSON.stringify(scenario))) return 'legacy functions'
  const reasons = features.map((feature) => (known.has(feature) ? known.get(feature) : `unknown feature ${feature}`))
  return reasons.find((reason) => reason !== undefined)
}
