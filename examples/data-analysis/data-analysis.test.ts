import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WasmExecutor } from '@conversable/executors'
import { runExample } from '../run-example.ts'

const problem = await WasmExecutor.probe()
if (problem !== undefined) console.warn(`SKIPPED, data-analysis in WASM: ${problem}`)

/** The answer, worked out from the file. */
function answer(): string {
  const text = readFileSync(new URL('electricity.csv', import.meta.url), 'utf8')
  const years = new Map<number, Record<string, number>>()
  for (const row of text.trim().split(/\r?\n/).slice(1)) {
    const [day = '', source = '', value] = row.split(',')
    const year = Number(day.slice(0, 4))
    years.set(year, { ...years.get(year), [source]: Number(value) })
  }
  const isBehind = (year: number): boolean => of(year, 'Renewables') <= of(year, 'Nuclear Energy')
  const of = (year: number, source: string): number => years.get(year)?.[source] ?? Number.NaN
  const since = Math.max(...[...years.keys()].filter(isBehind)) + 1
  const last = Math.max(...years.keys())
  const all = Object.values(years.get(last) ?? {}).reduce((sum, value) => sum + value, 0)
  const share = ((of(last, 'Renewables') / all) * 100).toFixed(1)
  return `Renewables give more than nuclear power since ${since}, and ${share}% of all electricity in ${last}.`
}

describe('data-analysis', { timeout: 60_000 }, () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'analysis-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('finds the true figures, and draws a plot where the transcript says', async () => {
    const { exitCode, stdout } = await runExample('data-analysis', [folder])
    const [, path = ''] = />>>>>>>> IMAGE SAVED TO (.+)\n/.exec(stdout) ?? []

    expect({ exitCode, answer: stdout.includes(answer()) }).toEqual({ exitCode: 0, answer: true })
    expect(path.startsWith(join(folder, 'plot.'))).toBe(true)
    expect(readFileSync(path, 'latin1')).toMatch(/^(?:\u0089PNG\r\n|<svg )/)
    expect(stdout.endsWith(`\nThe plot stays here: ${path}\n`)).toBe(true)
  })

  test.skipIf(problem !== undefined)('draws an SVG of three lines where there is no matplotlib', async () => {
    const { stdout } = await runExample('data-analysis', [join(folder, 'wasm'), '--executor', 'wasm'])

    expect(stdout).toContain("ModuleNotFoundError: No module named 'matplotlib'")
    expect(stdout).toContain(answer())
    const svg = readFileSync(join(folder, 'wasm', 'plot.svg'), 'utf8')
    expect(svg.match(/<polyline points="(?:[\d.]+,[\d.]+ ?){17}"/g)).toHaveLength(3)
  })
})
