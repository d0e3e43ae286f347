import { expect, test } from 'vitest'
import { runExample } from '../run-example.ts'

test('code-approval runs what a person allows, as the rule edits it', { timeout: 30_000 }, async () => {
  const { exitCode, stdout } = await runExample('code-approval')

  expect(exitCode).toBe(0)
  expect(stdout).toContain(
    'Code output: Not run: a person did not allow it. They say: delete nothing but the .bak files',
  )
  expect(stdout).toContain("\n  |     path.rename(Path('trash') / path)\n")
  expect(stdout).toContain('Code output: done with letter.bak\ndone with list.bak\n')
  expect(stdout).toMatch(/\nIn the folder now: letter\.txt, trash\/letter\.bak, trash\/list\.bak\n$/)
})
