import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const repository = join(import.meta.dirname, '..')

/** Imports that are refused, each in a file of its own. Paths begin in the sources of the core, or with a slash in the root. */
const breaches = [
  { rule: 'layer-util', file: 'util/quote.ts', imports: '../message.ts' },
  { rule: 'layer-data', file: 'message.ts', imports: './ports/tool.ts' },
  { rule: 'layer-ports', file: 'errors/model-error.ts', imports: '../agent.ts' },
  { rule: 'layer-agent', file: 'agent.ts', imports: './chat-loop.ts' },
  { rule: 'layer-chat-loop', file: 'chat-loop.ts', imports: './chat.ts' },
  { rule: 'layer-chat', file: 'chat-run.ts', imports: './replies/model.ts' },
  { rule: 'layer-chat', file: 'speaker-selection/auto.ts', imports: '../group-chat-manager.ts' },
  { rule: 'layer-replies', file: 'replies/model.ts', imports: '../conversable-agent.ts' },
  { rule: 'layer-conversable-agent', file: 'conversable-agent.ts', imports: './assistant-agent.ts' },
  { rule: 'no-cycles', file: 'tools/one.ts', imports: './two.ts' },
  { rule: 'no-unresolved', file: 'tools/lost.ts', imports: './nowhere.ts' },
  { rule: 'known-folder', file: 'tools/misc.ts', imports: '../helpers/misc.ts' },
  { rule: 'data-alone', file: 'event.ts', imports: '@ai-sdk/provider' },
  { rule: 'ports-know-data', file: 'ports/runtime.ts', imports: '../util/quote.ts' },
  { rule: 'replies-apart', file: 'replies/group-chat.ts', imports: './termination.ts' },
  { rule: 'node-apart', file: 'model/cached.ts', imports: 'node:fs' },
  { rule: 'node-apart', file: 'console/print.ts', imports: 'fs' },
  { rule: 'one-dependency', file: 'model/openai.ts', imports: 'some-package' },
  { rule: 'one-dependency', file: 'node/database.ts', imports: 'some-package' },
  { rule: 'index-for-outsiders', file: 'assistant-agent.ts', imports: './index.ts' },
  { rule: 'index-for-outsiders', file: 'testing/scripted-model.ts', imports: './index.ts' },
  { rule: 'index-for-outsiders', file: '/packages/executors/src/wasm.ts', imports: './index.ts' },
  { rule: 'subpaths-apart', file: 'chat.ts', imports: './testing/scripted-model.ts' },
  { rule: 'subpaths-apart', file: 'console/colour.ts', imports: '../node/store.ts' },
  { rule: 'node-on-testing-alone', file: 'node/printer.ts', imports: '../console/colour.ts' },
  { rule: 'core-knows-no-package', file: 'node/executors.ts', imports: '@conversable/executors' },
  { rule: 'core-knows-no-package', file: 'agent.test.ts', imports: '@conversable/executors' },
  { rule: 'public-api-only', file: '/packages/executors/src/docker.ts', imports: '../../core/src/message.ts' },
  { rule: 'public-api-only', file: '/examples/stocks/main.ts', imports: '../../packages/core/src/message.ts' },
  { rule: 'no-tests-in-product', file: 'summary.ts', imports: './agent.test.ts' },
  { rule: 'no-tests-in-product', file: '/packages/executors/src/local.ts', imports: '../../../test/helper.ts' },
]

/** Imports that are as they should be. */
const allowed = [
  // With the breach above a cycle, which is reported of the one file.
  { file: 'tools/two.ts', imports: './one.ts' },
  { file: 'index.ts', imports: './usage.ts' },
  { file: 'group-chat-manager.ts', imports: './replies/termination.ts' },
  { file: 'replies/tool-calls.ts', imports: '../model/cached.ts' },
  { file: 'replies/nested-chats.ts', imports: '../chat.ts' },
  { file: 'model/retry.ts', imports: '@ai-sdk/provider' },
  { file: 'ports/tool.ts', imports: '../errors/model-error.ts' },
  { file: 'conversation.ts', imports: './usage.ts' },
  { file: 'stop-reason.ts', imports: './util/abortable.ts' },
  { file: 'testing/index.ts', imports: '../index.ts' },
  { file: 'node/store.ts', imports: 'node:fs' },
  { file: 'chat-loop.test.ts', imports: './index.ts' },
  { file: '/packages/executors/src/index.ts', imports: 'conversable' },
  { file: 'node/tape.ts', imports: '../testing/scripted-model.ts' },
  { file: '/examples/nested/main.ts', imports: 'conversable/testing' },
  { file: '/test/scenarios/chat.test.ts', imports: '../../packages/core/src/chat-loop.ts' },
]

const targets = ['helpers/misc.ts', 'replies/termination.ts', 'usage.ts', 'util/abortable.ts', '/test/helper.ts']

function pathOf(file: string): string {
  return file.startsWith('/') ? file.slice(1) : `packages/core/src/${file}`
}

let root: string
let found: Cruise

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'import-rules-')))
  for (const { file, imports } of [...breaches, ...allowed]) {
    // Types are imported and nothing else: the rules hold for them, too.
    write(pathOf(file), `import type { Name } from '${imports}'\nexport type Mine = Name\n`)
  }
  for (const file of targets) write(pathOf(file), 'export type Name = string\n')
  writePackages()
  found = cruise()
})
afterAll(() => rmSync(root, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function writePackages(): void {
  for (const name of ['@ai-sdk/provider', 'some-package']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }))
    write(`node_modules/${name}/index.js`, '')
  }
  for (const [name, folder] of [
    ['conversable', 'core'],
    ['@conversable/executors', 'executors'],
  ] as const) {
    const exports = { '.': './src/index.ts', './testing': './src/testing/index.ts' }
    write(
      `packages/${folder}/package.json`,
      JSON.stringify({ name, exports, dependencies: { '@ai-sdk/provider': '*', 'some-package': '*' } }),
    )
    mkdirSync(dirname(join(root, 'node_modules', name)), { recursive: true })
    symlinkSync(join(root, 'packages', folder), join(root, 'node_modules', name), 'junction')
  }
}

/** What a run of the rules of this repository over the tree says. */
interface Cruise {
  readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string }[]
  readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] }
}

function cruise(): Cruise {
  const program = join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const config = join(repository, '.dependency-cruiser.mjs')
  const args = [program, '--config', config, '--output-type', 'json', 'packages', 'examples', 'test']
  const { stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 64_000_000 })
  return (JSON.parse(stdout) as { readonly summary: Cruise }).summary
}

function rulesBrokenBy(file: string): string[] {
  return found.violations.filter(({ from }) => from === pathOf(file)).map(({ rule }) => rule.name)
}

test.each(breaches)('$rule refuses that $file imports $imports', ({ rule, file }) => {
  expect(rulesBrokenBy(file)).toContain(rule)
})

test.each(allowed)('$file may import $imports', ({ file }) => {
  expect(rulesBrokenBy(file)).toEqual([])
})

test('each rule is broken here', () => {
  const names = found.ruleSetUsed.forbidden.map(({ name }) => name)
  expect(new Set(breaches.map(({ rule }) => rule))).toEqual(new Set(names))
})
