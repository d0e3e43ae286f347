import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { undocumentedExports } from '../scripts/check-docs.ts'
import { mutableState } from '../scripts/check-state.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'source-checks-'))
  mkdirSync(join(root, 'packages/core/src'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

function writeSource(text: string, name = 'sample.ts'): void {
  writeFileSync(join(root, 'packages/core/src', name), text)
}

describe('check-docs', () => {
  test.each([
    'export const limit = 3',
    'export function run(): void {}',
    'export async function run(): Promise<void> {}',
    'export abstract class Agent {}',
    'export interface Turn {}',
    'export type Reply = string',
    'export default function run(): void {}',
    'const limit = 3\nexport { limit }',
    '// Not a doc comment.\nexport const limit = 3',
    '/** Says something. */\nconst other = 1\nexport const limit = other',
  ])('reports an export without a doc comment: %j', (text) => {
    writeSource(text)
    expect(undocumentedExports(root)).toHaveLength(1)
  })

  test.each([
    '/** The most. */\nexport const limit = 3',
    '/**\n * Runs.\n */\nexport async function run(): Promise<void> {}',
    '/** Runs. */\nexport function run(a: string): void\nexport function run(a: number): void\nexport function run(): void {}',
    '/** The most. */\nconst limit = 3\nexport { limit }',
    "export * from './other.ts'\nexport type { Reply } from './reply.ts'",
    'const limit = 3',
  ])('is content with %j', (text) => {
    writeSource(text)
    expect(undocumentedExports(root)).toEqual([])
  })

  test('leaves tests out and says where an export stands', () => {
    writeSource('export const limit = 3', 'sample.test.ts')
    writeSource('\n\nexport const limit = 3')
    expect(undocumentedExports(root)).toEqual([
      'packages/core/src/sample.ts:3 "limit" is exported and has no doc comment.',
    ])
  })
})

describe('check-state', () => {
  test.each([
    'let count = 0',
    'export let count = 0',
    'var count = 0',
    'const cache = new Map<string, string>()',
    'export const seen: Set<string> = new Set()',
    'const seen = new WeakSet() as WeakSet<object>',
    'const list = []',
    'const table = { a: 1 } satisfies object',
    'const client = new Client()',
    'const seen = Object.freeze(new Set())' /* freezes no entry of a Set */,
    'const list = Array.from(names)',
    'class Agent { static count = 0 }',
    'export class Agent { static readonly all = new Map() }',
  ])('reports %j', (text) => {
    writeSource(text)
    expect(mutableState(root)).toHaveLength(1)
  })

  test.each([
    'const limit = 3',
    "const names = ['a', 'b'] as const",
    'const table = { a: 1 } as const satisfies object',
    'const table = Object.freeze({ a: 1 })',
    "const names: ReadonlySet<string> = new Set(['a'])",
    "const names: readonly string[] = ['a']",
    'const encoder = new TextEncoder()',
    'const run = (): string[] => []',
    'function run(): void { const cache = new Map() }',
    'class Agent { readonly tools = new Map(); static readonly kind = 1; static of(): void {} }',
    'declare const version: string',
  ])('is content with %j', (text) => {
    writeSource(text)
    expect(mutableState(root)).toEqual([])
  })
})
