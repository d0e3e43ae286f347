import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { SuiteCase } from './case.ts'

/** The cases of a folder: each file exports lists of them, or is a list as JSON. */
export async function casesIn(folder: string): Promise<SuiteCase[]> {
  const cases: SuiteCase[] = []
  for (const name of readdirSync(folder).toSorted()) {
    const path = join(resolve(folder), name)
    // A folder of cases is trusted to hold such lists.
    if (name.endsWith('.json')) cases.push(...(JSON.parse(readFileSync(path, 'utf8')) as SuiteCase[]))
    if (!/\.m?[jt]s$/.test(name)) continue
    const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>
    for (const list of Object.values(module)) if (Array.isArray(list)) cases.push(...(list as SuiteCase[]))
  }
  return cases
}
