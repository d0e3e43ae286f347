import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { median, type Effort } from './measure.ts'
import { atMost, lineOf, type Section } from './table.ts'

const ROOT = join(import.meta.dirname, '..')

/** Measures what an import adds to the time of a fresh process. */
export async function measureImportTime({ repetitions }: Effort): Promise<Section> {
  const isBuilt = existsSync(join(ROOT, 'packages/core/dist/bundle/index.js'))
  const conditions = isBuilt ? [] : ['--conditions=conversable-source']
  const sources = ['', "import 'conversable'", "import 'ai'"]
  const times = sources.map((): number[] => [])
  for (let repetition = 0; repetition < 1 + repetitions; repetition++) {
    for (const [index, source] of sources.entries()) times[index]?.push(timeOfProcess(source, conditions))
  }
  // The first process of each reads its files from the disk.
  const [empty = Number.NaN, ...others] = times.map((each) => median(each.slice(1)))
  const [ours = Number.NaN, ai = Number.NaN] = others.map((ms) => ms - empty)
  return {
    title: 'Import, ms in a fresh process',
    lines: [lineOf('import', { ours, ai }, atMost(1 / 2, { ours, ai })), { what: 'an empty process', ours: empty }],
    notes: [isBuilt ? 'conversable as it is built' : 'conversable is not built: its sources were measured'],
  }
}

function timeOfProcess(source: string, conditions: readonly string[]): number {
  const start = performance.now()
  execFileSync(process.execPath, [...conditions, '--input-type=module', '--eval', source], { cwd: ROOT })
  return performance.now() - start
}
