import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withCache } from '../model/with-cache.ts'
import { ScriptedModel } from '../testing/scripted-model.ts'
import { diskCache } from './disk-cache.ts'

const KEY = 'a'.repeat(64)
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'disk-cache-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const asking = (text: string): LanguageModelV4CallOptions => ({
  prompt: [{ role: 'user', content: [{ type: 'text', text }] }],
})

test('what was kept is there for the next program', async () => {
  const inner = join(folder, 'not', 'there', 'yet')
  const model = new ScriptedModel(['one'])
  await withCache(model, diskCache({ folder: inner })).doGenerate(asking('Hello?'))
  const { content } = await withCache(model, diskCache({ folder: inner })).doGenerate(asking('Hello?'))
  expect(content).toEqual([{ type: 'text', text: 'one' }])
  const [name = '', ...others] = await readdir(inner)
  expect(name).toMatch(/^[0-9a-f]{64}\.json$/)
  expect(others).toEqual([])
})

test('a file holds the answer, and nothing of what was asked or sent', async () => {
  const canary = 'sk-canary-8f31'
  const options = {
    ...asking(`The password is ${canary}.`),
    headers: { authorization: `Bearer ${canary}` },
    providerOptions: { openai: { user: canary } },
    tools: [{ type: 'function' as const, name: 't', description: canary, inputSchema: {} }],
  }
  await withCache(new ScriptedModel(['noted']), diskCache({ folder })).doGenerate(options)
  const [name = ''] = await readdir(folder)
  const text = await readFile(join(folder, name), 'utf8')
  expect(text).toContain('noted')
  expect(name + text).not.toContain(canary)
  expect((await stat(join(folder, name))).mode & 0o077).toBe(0)
})

test('a file that is cut or changed is a miss, and is mended', async () => {
  const model = new ScriptedModel(['one', 'two', 'three'])
  const cached = withCache(model, diskCache({ folder }))
  await cached.doGenerate(asking('Hello?'))
  const [name = ''] = await readdir(folder)
  const path = join(folder, name)
  const whole = await readFile(path, 'utf8')
  await writeFile(path, whole.slice(0, 40))
  expect((await cached.doGenerate(asking('Hello?'))).content).toEqual([{ type: 'text', text: 'two' }])
  await writeFile(path, Buffer.from([0xff, 0xfe, 0x00]))
  expect((await cached.doGenerate(asking('Hello?'))).content).toEqual([{ type: 'text', text: 'three' }])
  expect((await cached.doGenerate(asking('Hello?'))).content).toEqual([{ type: 'text', text: 'three' }])
})

test.each(['../x', `../${'a'.repeat(61)}`, 'a/b', '', `${KEY}\0`, KEY.toUpperCase(), '__proto__'])(
  'the key %j leads to no file',
  async (key) => {
    const cache = diskCache({ folder })
    await expect(async () => cache.get(key)).rejects.toThrow('is no key of a cache')
    await expect(async () => cache.set(key, 'x')).rejects.toThrow('is no key of a cache')
  },
)

test('many writers of one answer leave one whole file', async () => {
  const text = 'x'.repeat(100_000)
  const caches = Array.from({ length: 20 }, () => diskCache({ folder }))
  await Promise.all(caches.map((cache) => cache.set(KEY, text)))
  expect(await readdir(folder)).toEqual([`${KEY}.json`])
  expect(await diskCache({ folder }).get(KEY)).toBe(text)
})

test('a folder that cannot be written is an error of the cache, and the temporary file is gone', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  await expect(diskCache({ folder: file }).set(KEY, 'x')).rejects.toThrow('EEXIST')
  expect(await readdir(folder)).toEqual(['file'])
})

test.each([
  [{ folder: '' }, 'A diskCache has "" as folder. Give a path.'],
  [{ cacheSeed: 1 }, 'A diskCache has no option "cacheSeed"'],
])('a disk cache of %j is refused', (options: object, message) => {
  expect(() => diskCache(options)).toThrow(message)
})
