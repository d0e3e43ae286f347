import { expect, test } from 'vitest'
import { parseArguments } from './arguments.ts'

test.each([
  ['{"a": 1}', { a: 1 }],
  ['{\n  "a":\t1\n}', { a: 1 }],
  ['{"text": "one\ntwo\tthree"}', { text: 'one\ntwo\tthree' }],
  ['{"path": "C:\\\\"\n}', { path: 'C:\\' }],
  ['{"a": "x\\\\", "b": "q\n"}', { a: 'x\\', b: 'q\n' }],
  ['{"a": "say \\"hi\\"\n"}', { a: 'say "hi"\n' }],
])('%j is read', (text, value) => {
  expect(parseArguments(text)).toEqual({ value })
})

test.each(['', '  ', '{"a": 1,}', '{"a": 1', 'add(1)', 'null'])('%j is no JSON, and the model is told so', (text) => {
  expect(parseArguments(text).problem).toMatch(/^Error: .+\n The argument must be in JSON format\.$/s)
})

test.each([
  ['[1]', 'not [1]'],
  ['"x"', 'not "x"'],
  ['7', 'not 7'],
])('%j is JSON, but no object', (text, part) => {
  expect(parseArguments(text).problem).toContain(part)
})
