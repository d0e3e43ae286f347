import { globSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { expect, test } from 'vitest'
import { runExample } from './run-example.ts'

const names = globSync('*/main.ts', { cwd: import.meta.dirname })
  .map((path) => basename(dirname(path)))
  .toSorted()

test.concurrent.each(names)(
  '%s says first that models are scripted, reaches no other machine, and shows no secret',
  { timeout: 60_000 },
  async (name) => {
    const { exitCode, stdout, stderr } = await runExample(name)
    const [first = '', ...rest] = stdout.split('\n')

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(first).toContain('scripted')
    expect(rest.join('').trim()).not.toBe('')
    expect(stdout).not.toContain('canary')
  },
)
