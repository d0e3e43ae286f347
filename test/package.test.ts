import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')
let folder: string

/** Lays the packed package and what it depends on out in an empty folder, as npm would. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conversable-package-'))
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, '@ai-sdk'), { recursive: true })
  await run(process.execPath, [
    join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc'),
    '-b',
    join(root, 'packages', 'core'),
  ])
  await run(process.execPath, [join(root, 'scripts', 'bundle.ts')])
  await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: join(root, 'packages', 'core'),
  })
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? 'no tarball'
  await run('tar', ['-xzf', join(folder, tarball), '-C', modules])
  await cp(join(modules, 'package'), join(modules, 'conversable'), { recursive: true })
  await rm(join(modules, 'package'), { recursive: true })
  for (const name of ['@ai-sdk/provider', 'json-schema']) {
    await cp(await realpath(join(root, 'node_modules', name)), join(modules, name), { recursive: true })
  }
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

const program = (imported: string): string => `
${imported}
const model = new ScriptedModel([{ toolCalls: [{ name: 'double', arguments: { n: 21 } }] }, '42. TERMINATE'])
const double = tool({ name: 'double', description: 'Doubles.', parameters: { type: 'object', properties: { n: { type: 'number' } } }, execute: ({ n }) => n * 2 })
const assistant = new AssistantAgent({ name: 'assistant', llmConfig: { model } }).registerForLLM(double)
const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER', isTerminationMsg: (message) => message.content.endsWith('TERMINATE') })
printTranscript(user.registerForExecution(double).initiateChat(assistant, { message: '21 * 2?' }))
  .then((result) => console.log(result.stopReason.rule, typeof terminalInput))
`

test.each([
  [
    'ES modules',
    'main.mjs',
    `import { AssistantAgent, tool, UserProxyAgent } from 'conversable'
     import { printTranscript } from 'conversable/console'
     import { terminalInput } from 'conversable/node'
     import { ScriptedModel } from 'conversable/testing'`,
  ],
  [
    'CommonJS',
    'main.cjs',
    `const { AssistantAgent, tool, UserProxyAgent } = require('conversable')
     const { printTranscript } = require('conversable/console')
     const { terminalInput } = require('conversable/node')
     const { ScriptedModel } = require('conversable/testing')`,
  ],
])('the packed package runs in an empty folder, from %s', async (_kind, file, imported) => {
  await writeFile(join(folder, file), program(imported))
  const { stdout, stderr } = await run(process.execPath, [join(folder, file)])
  expect(stdout).toContain('>>>>>>>> EXECUTING FUNCTION double...')
  expect(stdout.trim().split('\n').at(-1)).toBe('termination function')
  expect(stderr).toBe('')
})

test('it brings no install script, and nothing but what is built', async () => {
  const files = await readdir(join(folder, 'node_modules', 'conversable'), { recursive: true })
  expect(files.filter((file) => /\.(test|test-d)\.|\.map$|tsbuildinfo|^src/.test(file))).toEqual([])
  const manifest = (await import(join(folder, 'node_modules', 'conversable', 'package.json'), {
    with: { type: 'json' },
  })) as {
    readonly default: { readonly scripts?: Readonly<Record<string, string>>; readonly dependencies: object }
  }
  expect(Object.keys(manifest.default.scripts ?? {}).filter((name) => name.includes('install'))).toEqual([])
  expect(Object.keys(manifest.default.dependencies)).toEqual(['@ai-sdk/provider'])
})
