import { build, type BuildOptions } from 'esbuild'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const program = `
  import { AssistantAgent, UserProxyAgent, textOf } from 'conversable'
  import { ScriptedModel } from 'conversable/testing'
  import { transcriptPrinter } from 'conversable/console'
  const assistant = new AssistantAgent({ name: 'assistant', llmConfig: { model: new ScriptedModel(['4. TERMINATE']) } })
  const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER', isTerminationMsg: (message) => textOf(message).includes('TERMINATE') })
  const run = user.initiateChat(assistant, { message: '2 + 2?' }).subscribe(transcriptPrinter({ write: () => {} }))
  export const done = run.then((result) => globalThis.report(result.summary + '|' + result.stopReason.rule))
`
const conditions = ['conversable-source']
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conversable-bundle-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function bundle(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    conditions,
    logLevel: 'silent',
    ...options,
  })
  return outputFiles?.[0]?.text ?? ''
}

describe('the core', () => {
  test.each<[string, BuildOptions]>([
    ['a browser', { platform: 'browser', conditions: [...conditions, 'browser'] }],
    [
      'a worker',
      {
        platform: 'neutral',
        mainFields: ['module', 'main'],
        conditions: [...conditions, 'worker', 'workerd', 'import'],
      },
    ],
  ])('bundles for %s without a Node module, and runs where nothing of Node is', async (_where, options) => {
    const code = await bundle(options)
    expect(code).not.toMatch(/["']node:/)
    expect(code).not.toMatch(/\brequire\(["']/)
    // A realm that has what browsers and workers have, and nothing else.
    const realm = `
      import vm from 'node:vm'
      const web = { AbortController, AbortSignal, ReadableStream, TransformStream, URL, crypto, setTimeout, clearTimeout, structuredClone, queueMicrotask, DOMException }
      const context = vm.createContext({ ...web, report: (text) => console.log(text) })
      vm.runInContext(${JSON.stringify(code.replace(/export\s*\{[^}]*\};?/, ''))}, context)
    `
    const file = join(folder, `${options.platform}.mjs`)
    await writeFile(file, realm)
    const { stdout } = await promisify(execFile)(process.execPath, [file])
    expect(stdout.trim()).toBe('4. |termination')
  })

  test('is small: a chat with everything around it is under 50 kB, compressed by the bundler alone under 150 kB', async () => {
    const code = await bundle({ platform: 'browser', minify: true })
    const { gzipSync } = await import('node:zlib')
    expect(gzipSync(code).length).toBeLessThan(50_000)
    expect(code.length).toBeLessThan(150_000)
  })
})
