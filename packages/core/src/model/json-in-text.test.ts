import { expect, test } from 'vitest'
import { jsonObjectIn } from './json-in-text.ts'

test.each([
  ['a text that is JSON', ' {"a":1}\n', '{"a":1}'],
  ['a fence', 'Here it is:\n```json\n{"a": 1}\n```\nFine?', '{"a": 1}'],
  ['a fence without a language', '```\n{ "a": 1 }\n```', '{ "a": 1 }'],
  ['a sentence around it', 'The result is {"a":1}, as you see.', '{"a":1}'],
])('an object is found in %s', (_what, written, text) => {
  expect(jsonObjectIn(written)).toEqual({ value: { a: 1 }, text })
})

test.each(['', 'none', '7', 'null', '{"a":1', '} {'])('no object is found in %j', (written) => {
  expect(jsonObjectIn(written)).toBeUndefined()
})
