import { inspect } from 'node:util'
import {
  canonicalExecutions,
  canonicalHistories,
  canonicalRequests,
  canonicalResults,
  canonicalTurns,
} from './canonical.ts'
import { differences } from './differences.ts'
import { codesOf } from './error-codes.ts'
import type { Outcome } from './run-scenario.ts'
import type { Scenario } from './scenario.ts'

/** What a scenario that was run did otherwise than AutoGen, a line for each difference; the console is left out. */
export function judge(scenario: Scenario, { recording, histories, error }: Outcome): string[] {
  const { expect } = scenario
  const problems = judgeError(expect.error?.code, error)
  const alone = expect.error && Object.keys(expect).length === 1
  if (alone) return problems
  const { turns = [], requests = [], results, executions = [] } = expect
  const compare = (part: string, expected: unknown, actual: unknown): void => {
    problems.push(...differences(expected, actual, part))
  }
  compare('turns', canonicalTurns(turns, scenario), canonicalTurns(recording.turns, scenario))
  compare('requests', canonicalRequests(requests, scenario), canonicalRequests(recording.requests, scenario))
  if (results) compare('results', canonicalResults(results), canonicalResults(recording.results))
  compare('executions', canonicalExecutions(executions, scenario), canonicalExecutions(recording.executions, scenario))
  for (const part of ['prompts', 'codeRuns', 'replyCalls', 'selections'] as const) {
    compare(part, expect[part] ?? [], recording[part])
  }
  if (expect.histories) compare('histories', canonicalHistories(expect.histories), canonicalHistories(histories))
  return problems
}

/** Where the printed transcript differs from AutoGen's, line by line; nothing where AutoGen's is not known. */
export function judgeConsole({ expect }: Scenario, { recording }: Outcome): string[] {
  if (!expect.console) return []
  return differences(expect.console, recording.console.join('').split('\n'), 'console')
}

/** A failure for people: the rule that is broken, and how. */
export function failureText({ name, why }: Scenario, problems: readonly string[]): string {
  return [name, `  ${why}`, ...problems.map((problem) => `  - ${problem}`)].join('\n')
}

function judgeError(expected: string | undefined, error: unknown): string[] {
  if (error === undefined) return expected === undefined ? [] : [`error: expected ${expected}, got none`]
  if (expected !== undefined && codesOf(error).includes(expected)) return []
  return [`error: expected ${expected ?? 'none'}, got ${inspect(error)}`]
}
