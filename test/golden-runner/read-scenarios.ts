import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isObject } from './differences.ts'
import type { Scenario } from './scenario.ts'

/** The scenarios of files, and of the files in folders, in the order of their names. */
export function readScenarios(paths: readonly string[]): Scenario[] {
  return paths.flatMap(filesIn).flatMap(readFile)
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  const names = readdirSync(path).filter((name) => name.endsWith('.json') && name !== 'schema.json')
  return names.toSorted().map((name) => join(path, name))
}

function readFile(path: string): Scenario[] {
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (Array.isArray(content) && content.every(isScenario)) return content
  throw new Error(`${path} is no list of scenarios: each has a name, a why, agents, steps and what is expected.`)
}

function isScenario(value: unknown): value is Scenario {
  if (!isObject(value)) return false
  const { name, why, agents, steps, expect } = value
  // The rest is left to schema.json, which the files were checked with.
  return (
    typeof name === 'string' &&
    typeof why === 'string' &&
    Array.isArray(agents) &&
    Array.isArray(steps) &&
    isObject(expect)
  )
}
