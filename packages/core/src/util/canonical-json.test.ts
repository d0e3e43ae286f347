import { expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'
import { sha256 } from './sha256.ts'

test.each([
  [{ b: 1, a: [{ d: null, c: 'é' }] }, '{"a":[{"c":"é","d":null}],"b":1}'],
  [{ a: undefined, b: new URL('https://example.org/x') }, '{"b":"https://example.org/x"}'],
  [{ bytes: new Uint8Array([0, 255, 104, 105]) }, '{"bytes":"AP9oaQ=="}'],
  [JSON.parse('{"__proto__":1,"a":2}'), '{"__proto__":1,"a":2}'],
])('the canonical JSON of %o is %s', (value, json) => {
  expect(canonicalJson(value)).toBe(json)
})

test('the SHA-256 of a text is the known one', async () => {
  expect(await sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
