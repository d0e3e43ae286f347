import { expect, test } from 'vitest'
import type { JsonValue } from '../../message.ts'
import { differenceText, firstDifference } from './differences.ts'

const long = 'All men are created equal, that they are endowed by their Creator with certain unalienable Rights, that'

test.each<[string, JsonValue | undefined, JsonValue | undefined, string, string]>([
  ['a text', { a: 'one' }, { a: 'two' }, 'a', 'recorded "one", now "two"'],
  ['a number for a text', { a: '1' }, { a: 1 }, 'a', 'recorded "1", now 1'],
  ['an entry of a list', { p: [{ t: 'x' }] }, { p: [{ t: 'y' }] }, 'p[0].t', 'recorded "x", now "y"'],
  ['one entry more', { p: [1] }, { p: [1, 2] }, 'p[1]', 'recorded nothing, now 2'],
  ['one entry less', { p: [1, { a: 2 }] }, { p: [1] }, 'p[1]', 'recorded {"a":2}, now nothing'],
  ['a field more', {}, { seed: 7 }, 'seed', 'recorded nothing, now 7'],
  ['a list for an object', { a: {} }, { a: [] }, 'a', 'recorded {}, now []'],
  ['all of it', undefined, 1, '', 'recorded nothing, now 1'],
  ['a reserved name', JSON.parse('{"__proto__":1}') as JsonValue, {}, '__proto__', 'recorded 1, now nothing'],
])('%s that has changed is found', (_what, recorded, now, field, text) => {
  const found = firstDifference(recorded, now)
  expect(found?.field).toBe(field)
  expect(differenceText(found ?? { recorded, now })).toBe(text)
})

test('a long text is shown from shortly before the place where it changed', () => {
  const found = firstDifference({ a: `${long} one` }, { a: `${long} two` })
  expect(differenceText(found ?? { recorded: 1, now: 1 })).toBe(
    'recorded …"tain unalienable Rights, that one", now …"tain unalienable Rights, that two"',
  )
})

test.each<[JsonValue, JsonValue]>([
  [
    { a: 1, b: [2] },
    { b: [2], a: 1 },
  ],
  ['key [redacted] is', 'key sk-1 is'],
  ['[redacted]', ''],
  ['[redacted] and [redacted].', 'this and that.'],
])('%j is the same as %j', (recorded, now) => {
  expect(firstDifference(recorded, now)).toBeUndefined()
})

test.each([
  ['key [redacted] is', 'key sk-1 was'],
  ['a[redacted]a', 'a'],
  ['[redacted] and [redacted].', 'this or that.'],
])('what is not secret in "%s" must be the same in "%s"', (recorded, now) => {
  expect(firstDifference(recorded, now)).toMatchObject({ recorded, now })
})
