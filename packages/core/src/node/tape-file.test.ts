import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tapeFile, type TapeFileOptions } from './tape-file.ts'

let folder: string
let path: string

beforeEach(async () => {
  vi.stubEnv('CI', undefined)
  folder = await mkdtemp(join(tmpdir(), 'tape-'))
  path = join(folder, 'deep', 'chat.json')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

async function use(result: string, options?: TapeFileOptions): Promise<string> {
  const { runtime, mode, done } = await tapeFile(path, options)
  const given = await runtime.step('s', () => result)
  await done()
  return `${mode}: ${given}`
}

test('a tape is recorded when it is not there, and replayed when it is', async () => {
  expect(await use('first')).toBe('record: first')
  expect(await use('second')).toBe('replay: first')
  expect(await use('third', { mode: 'record' })).toBe('record: third')
  expect(await use('fourth', { mode: 'replay' })).toBe('replay: third')
  expect(await readdir(join(folder, 'deep'))).toEqual(['chat.json'])
  expect(await readFile(path, 'utf8')).toBe(
    '{ "format": "conversable-tape", "version": 1, "steps": [{ "step": "s", "result": "third" }] }\n',
  )
})

test('a recording that is not done leaves no file', async () => {
  const { runtime } = await tapeFile(pathToFileURL(path))
  await runtime.step('s', () => 1)
  expect(existsSync(path)).toBe(false)
})

test('secrets do not reach the file', async () => {
  await use('the canary sings', { secrets: ['canary'] })
  expect(await readFile(path, 'utf8')).toContain('"the [redacted] sings"')
})

test('where the environment has CI, nothing is recorded', async () => {
  vi.stubEnv('CI', 'true')
  await expect(use('first')).rejects.toThrow(`The tape ${JSON.stringify(path).slice(0, 70)}`)
  expect(await use('first', { mode: 'auto' })).toBe('record: first')
})

test('what is left on a replayed tape fails when the test is done', async () => {
  await use('first')
  const { done } = await tapeFile(path)
  await expect(done()).rejects.toThrow('1 of 1 steps on the tape were not asked for')
})

test('a file that is no tape is named', async () => {
  path = join(folder, 'broken.json')
  await writeFile(path, '{"format":')
  await expect(tapeFile(path)).rejects.toThrow(`${path}: The tape is no JSON`)
  await expect(tapeFile(path, { mode: 'rewind' as 'auto' })).rejects.toThrow('has "rewind" as mode')
})
