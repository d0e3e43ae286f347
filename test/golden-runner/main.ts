import { join } from 'node:path'
import { failureText, judge } from './judge.ts'
import { readScenarios } from './read-scenarios.ts'
import { runScenario } from './run-scenario.ts'
import { findFeatures, skipReason } from './skip-reason.ts'

/** Runs the scenarios of the folders and files that are named, by default those of this project. */
async function main(paths: readonly string[]): Promise<void> {
  const scenarios = readScenarios(paths.length > 0 ? paths : [join(import.meta.dirname, '../golden')])
  const features = await findFeatures()
  const skipped = new Map<string, number>()
  let passed = 0
  let failed = 0
  for (const scenario of scenarios) {
    const reason = skipReason(scenario, features)
    if (reason !== undefined) {
      skipped.set(reason, (skipped.get(reason) ?? 0) + 1)
      continue
    }
    const problems = judge(scenario, await runScenario(scenario))
    if (problems.length === 0) passed++
    else {
      failed++
      console.log(`${failureText(scenario, problems)}\n`)
    }
  }
  for (const [reason, count] of skipped) console.log(`skipped: ${count} (${reason})`)
  const left = [...skipped.values()].reduce((sum, count) => sum + count, 0)
  console.log(`${passed} passed, ${failed} failed, ${left} skipped`)
  // Nothing to run is a mistake in the paths.
  process.exitCode = failed > 0 || scenarios.length === 0 ? 1 : 0
}

await main(process.argv.slice(2))
