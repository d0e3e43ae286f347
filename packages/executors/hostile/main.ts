import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { start, type Started } from './adapter.ts'
import type { SuiteCase } from './case.ts'
import { casesIn } from './cases-in.ts'
import { judge, type Verdict } from './judge.ts'
import { findLeaks } from './leaks.ts'

const USAGE = `npm run hostile -- NAME [--cases DIR] [--only ID,ID] [--leaks [--runs N] [--in LANGUAGE]]

NAME is that of an executor: bubblewrap, sandbox-runtime, wasm, jupyter, unsafe-local, … or auto.`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      cases: { type: 'string', default: join(import.meta.dirname, 'cases') },
      only: { type: 'string' },
      leaks: { type: 'boolean', default: false },
      runs: { type: 'string', default: '1000' },
      in: { type: 'string', default: 'sh' },
    },
  })
  const [name] = positionals
  if (name === undefined) throw new Error(USAGE)
  if (values.leaks) {
    const options = { runs: Number(values.runs), language: values.in }
    process.exitCode = (await findLeaks(() => start(name), options)) ? 1 : 0
    return
  }
  const only = values.only?.split(',')
  const all = (await casesIn(values.cases)).filter(({ id }) => only === undefined || only.includes(id))
  process.exitCode = report(name, await judged(all, name), only !== undefined) ? 0 : 1
}

async function judged(cases: readonly SuiteCase[], name: string): Promise<Verdict[]> {
  const started = await start(name)
  const { languages } = started
  await started.stop()
  const verdicts: Verdict[] = []
  for (const one of cases) {
    if (!one.blocks.every(({ language }) => languages.includes(language))) continue
    if (one.needsOwnProcesses && name === 'unsafe-local') continue
    const verdict = await judge(one, (): Promise<Started> => start(name))
    console.log(
      `${verdict.problems.length === 0 ? 'ok    ' : 'MISSED'} ${one.id} ${one.what} (${verdict.durationMs} ms) ${verdict.problems.join('; ')}`,
    )
    verdicts.push(verdict)
  }
  return verdicts
}

/** Prints the sum, and whether the misses are those that are written down. */
function report(name: string, verdicts: readonly Verdict[], isPart: boolean): boolean {
  const { missed: expected = [], sometimes = [] } = expectedOf(name)
  const missed = verdicts.filter(({ problems }) => problems.length > 0).map(({ id }) => id)
  const isBenign = (id: string): boolean => id.startsWith('be')
  const [benign, hostile] = [verdicts.filter(({ id }) => isBenign(id)), verdicts.filter(({ id }) => !isBenign(id))]
  const escapes = missed.filter((id) => !isBenign(id))
  console.log(
    `\n${name} as ${process.getuid?.() === 0 ? 'root' : 'an ordinary user'}: ${escapes.length} escapes of ${hostile.length}, ${benign.length - missed.length + escapes.length} of ${benign.length} benign programs work`,
  )
  const surprises = missed.filter((id) => ![...expected, ...sometimes].includes(id))
  const gone = isPart ? [] : expected.filter((id) => !missed.includes(id))
  if (surprises.length > 0) console.log(`missed, and not written down: ${surprises.join(', ')}`)
  if (gone.length > 0) console.log(`written down as missed, and held or not run: ${gone.join(', ')}`)
  return surprises.length === 0 && gone.length === 0
}

/** What is written down of an executor: what it misses, and what it misses when it does not look in time. */
function expectedOf(name: string): { readonly missed?: readonly string[]; readonly sometimes?: readonly string[] } {
  const text = readFileSync(join(import.meta.dirname, 'expected-misses.json'), 'utf8')
  // The suite's own table.
  return (JSON.parse(text) as Record<string, ReturnType<typeof expectedOf>>)[name] ?? {}
}

await main()
