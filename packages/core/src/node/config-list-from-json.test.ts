import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { configListFromJson } from './config-list-from-json.ts'

const LIST = JSON.stringify([
  { model: 'a', api_key: 'k', tags: ['x'] },
  { model: 'b', api_key: 'k' },
])
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-list-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

const modelsOf = (list: readonly { readonly model: string }[]): string[] => list.map(({ model }) => model)

test('a list is read from the file of that name', async () => {
  await writeFile(join(folder, 'OAI_CONFIG_LIST'), LIST)
  expect(modelsOf(configListFromJson('OAI_CONFIG_LIST', { fileLocation: folder }))).toEqual(['a', 'b'])
})

test('a variable of that name goes before the file, be it JSON or a path', async () => {
  await writeFile(join(folder, 'MY_LIST'), LIST)
  vi.stubEnv('MY_LIST', '[{"model":"from the variable"}]')
  expect(modelsOf(configListFromJson('MY_LIST', { fileLocation: folder }))).toEqual(['from the variable'])
  vi.stubEnv('MY_LIST', join(folder, 'MY_LIST'))
  expect(modelsOf(configListFromJson('MY_LIST'))).toEqual(['a', 'b'])
  vi.stubEnv('MY_LIST', '')
  expect(modelsOf(configListFromJson('MY_LIST', { fileLocation: folder }))).toEqual(['a', 'b'])
})

test('entries are kept as they are written, and filtered', () => {
  vi.stubEnv('MY_LIST', LIST)
  const list = configListFromJson('MY_LIST', { filterDict: { tags: ['x'] } })
  expect(list).toEqual([{ model: 'a', api_key: 'k', tags: ['x'] }])
})

test.each([
  ['[{"model":"a","api_key":"sk-canary"', 'What stands in the environment variable "MY_LIST" is no JSON.'],
  ['sk-canary', 'What stands in the environment variable "MY_LIST" is no JSON.'],
  ['{"model":"a","api_key":"sk-canary"}', 'The list of models in the environment variable "MY_LIST" is no list.'],
  ['[{"api_key":"sk-canary"}]', 'has undefined as model of entry 1.'],
])('the value %s is refused, and nothing of it is quoted', (value, message) => {
  vi.stubEnv('MY_LIST', value)
  let refusal: unknown
  try {
    configListFromJson('MY_LIST')
  } catch (error) {
    refusal = error
  }
  expect(String(refusal)).toContain(message)
  expect(inspect(refusal, { showHidden: true })).not.toContain('canary')
  expect(refusal).toMatchObject({ code: 'invalid-option' })
})

test('neither variable nor file is an error that names both', () => {
  const path = join(folder, 'MY_LIST')
  expect(() => configListFromJson('MY_LIST', { fileLocation: folder })).toThrow(
    `There is no environment variable "MY_LIST", and no file "${path}", to read a list of models from.`,
  )
})
