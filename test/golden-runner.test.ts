import { join } from 'node:path'
import { expect, test } from 'vitest'
import { differences } from './golden-runner/differences.ts'
import { judge, judgeConsole } from './golden-runner/judge.ts'
import { readScenarios } from './golden-runner/read-scenarios.ts'
import { runScenario } from './golden-runner/run-scenario.ts'
import type { Scenario } from './golden-runner/scenario.ts'
import { findFeatures, skipReason } from './golden-runner/skip-reason.ts'

type Place = readonly (string | number)[]

/** Said for the reader only, or a role that a message of this library has not. */
const NOT_COMPARED = /^(error\.at|results\.\d+\.(reply|message)\.role)$/

function* placesIn(value: unknown, place: Place = []): Generator<Place> {
  if (typeof value !== 'object' || value === null) yield place
  else if (!('$like' in value)) {
    for (const [key, inner] of Object.entries(value)) yield* placesIn(inner, [...place, key])
  }
}

/** A copy of JSON data with another value at one place. */
function changed(value: unknown, [key, ...rest]: Place): unknown {
  if (key === undefined) return typeof value === 'string' ? `${value}!` : 'changed'
  const entries = Object.entries(value as object).map(([name, inner]) => [
    name,
    name === key ? changed(inner, rest) : inner,
  ])
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}

const features = await findFeatures()

test('the runner notices every change of what a scenario expects', { timeout: 30_000 }, async () => {
  const scenarios = readScenarios([join(import.meta.dirname, 'golden')]).filter(
    (scenario) => !scenario.features && skipReason(scenario, features) === undefined,
  )
  const unnoticed: string[] = []
  for (const scenario of scenarios) {
    const outcome = await runScenario(scenario)
    for (const place of placesIn(scenario.expect)) {
      const other = { ...scenario, expect: changed(scenario.expect, place) as Scenario['expect'] }
      const noticed = judge(other, outcome).length + judgeConsole(other, outcome).length > 0
      if (!noticed && !NOT_COMPARED.test(place.join('.'))) unnoticed.push(`${scenario.name}: ${place.join('.')}`)
    }
  }

  expect(scenarios.length).toBeGreaterThan(150)
  expect(unnoticed).toEqual([])
})

test.each<[unknown, unknown, string[]]>([
  [{ a: null, b: 1 }, { b: 1 }, []],
  [{ a: [1, 2] }, { a: [1] }, ['it.a[1]: expected 2, got nothing']],
  [[1], [1, 2], ['it[1]: nothing was expected, got 2']],
  ['a', 'b', ['it: expected "a", got "b"']],
  [{ $like: ['a', 'b', 'c'] }, 'a b c', []],
  [{ $like: ['ab', 'bc'] }, 'abc', ['it: expected {"$like":["ab","bc"]}, got "abc"']],
  [{ $like: ['a', 'b', 'b', 'c'] }, 'a b c', ['it: expected {"$like":["a","b","b","c"]}, got "a b c"']],
  [{ $like: ['', ''] }, null, ['it: expected {"$like":["",""]}, got null']],
])('%j and %j differ by %j', (expected, actual, problems) => {
  expect(differences(expected, actual, 'it')).toEqual(problems)
})
