import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { start } from '../hostile/adapter.ts'
import { casesIn } from '../hostile/cases-in.ts'
import { engineForTests } from '../hostile/engine-for-tests.ts'
import { judge } from '../hostile/judge.ts'
import { BubblewrapExecutor, DockerExecutor, JupyterExecutor, SandboxRuntimeExecutor } from './index.ts'

const cases = await casesIn(join(import.meta.dirname, '../hostile/cases'))
const isBenign = (id: string): boolean => id.startsWith('be')

// A few of each kind; `npm run hostile -- NAME` runs all of them.
const EXECUTORS = [
  {
    name: 'bubblewrap',
    problem: await BubblewrapExecutor.probe(),
    ids: 'be08 fs01 fs07 fs08 fs20 se01 se03 ne01 ne06 ou08 pr04 pv01 pv02',
  },
  {
    name: 'sandbox-runtime',
    problem: await SandboxRuntimeExecutor.probe(),
    ids: 'be08 fs01 se03 ne01 pr04',
  },
  {
    name: 'jupyter',
    problem: await JupyterExecutor.probe(),
    ids: 'be16 fs01 se03 ne01 ou05',
  },
  {
    name: 'docker',
    problem: await DockerExecutor.probe(engineForTests('docker')),
    ids: 'be08 fs01 fs07 fs08 fs20 se01 se03 ne01 ne06 ou08 pr04 pv01 pv02',
  },
]

test('the suite has at least 60 hostile programs and 18 benign ones, each by a name of its own', () => {
  expect(cases.filter(({ id }) => !isBenign(id)).length).toBeGreaterThanOrEqual(60)
  expect(cases.filter(({ id }) => isBenign(id)).length).toBeGreaterThanOrEqual(18)
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length)
})

describe.each(EXECUTORS)('in $name', { timeout: 60_000 }, ({ name, problem, ids }) => {
  const few = cases.filter(({ id }) => ids.split(' ').includes(id))
  const title = problem === undefined ? 'a program that' : `SKIPPED, it does not run here (${problem}): a program that`
  describe.skipIf(problem !== undefined)(title, () => {
    test.each(few)('$what does no harm, and works if it is harmless ($id)', async (one) => {
      expect((await judge(one, () => start(name))).problems).toEqual([])
    })
  })
})
