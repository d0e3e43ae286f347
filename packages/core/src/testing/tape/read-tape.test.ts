import { expect, test } from 'vitest'
import type { JsonValue } from '../../message.ts'
import { readTape } from './read-tape.ts'
import { tapeText } from './tape-text.ts'
import type { Tape, TapeEntry } from './tape.ts'

function tape(...steps: TapeEntry[]): Tape {
  return { format: 'conversable-tape', version: 1, steps }
}

function nested(levels: number): JsonValue {
  let value: JsonValue = 'deep'
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

const system = { role: 'system', content: 'Be kind.' }
const question = { role: 'user', content: 'Why?' }
const answer = { role: 'assistant', content: 'Because.' }

test('a text is read as it was written; a prompt that goes on is given by what is new', () => {
  const written = tape(
    { step: 'a', agent: 'x', input: { prompt: [system, question], n: 1 }, result: 'Because.' },
    { step: 'b', input: { prompt: [{ role: 'system', content: 'Be short.' }, question] }, result: null },
    {
      step: 'c',
      input: { prompt: [system, question, answer], list: [] },
      events: [{ type: 'notice', text: 'x' }],
      result: 1,
    },
    { step: 'd', input: { prompt: [system, question] }, error: { name: 'Error', message: 'no' } },
    { step: 'e', input: 7 },
  )
  const text = tapeText(written)
  expect(text).toContain('"prompt": [{ "$same": 2, "as": "a" }, { "role": "assistant", "content": "Because." }]')
  expect(readTape(text)).toEqual(written)
  expect(readTape(JSON.parse(text))).toEqual(written)
})

test('reserved names, control characters and strange keys come back as they were', () => {
  const input = JSON.parse(
    '{"__proto__":{"a":1},"constructor":"\\u0000\\u2028","":[],"toString":[{"__proto__":1}]}',
  ) as JsonValue
  const text = tapeText(tape({ step: '../../etc/passwd', input, result: input }))
  const [step] = readTape(text).steps
  expect(JSON.stringify(step)).toBe(JSON.stringify({ step: '../../etc/passwd', input, result: input }))
  expect(({} as Record<string, unknown>)['a']).toBeUndefined()
})

test.each<[string, unknown, string]>([
  ['a text that is no JSON', 'steps: []', 'The tape is no JSON: it begins with "steps: []"'],
  ['no object', [], 'must be of type object'],
  ['nothing', null, 'must be of type object'],
  ['another format', { ...tape(), format: 'vcr' }, 'format: must be "conversable-tape", not "vcr"'],
  ['another version', { ...tape(), version: 2 }, 'version: must be 1, not 2'],
  ['no steps', { format: 'conversable-tape', version: 1 }, 'steps'],
  ['a step that is none', tape(7 as never), 'steps.0: must be of type object, not 7'],
  ['a step without a key', tape({} as never), 'steps.0.step: is missing'],
  ['an event that is none', tape({ step: 'a', events: ['x' as never] }), 'steps.0.events.0: must be of type object'],
  ['an error that is none', tape({ step: 'a', error: 'x' }), 'steps.0.error: must be of type object'],
  ['unknown fields', tape({ step: 'a', exec: 'rm' } as never), 'exec'],
  [
    'a reserved field',
    JSON.parse('{"format":"conversable-tape","version":1,"steps":[],"__proto__":{"x":1}}'),
    '__proto__',
  ],
  ['a clock of texts', { ...tape(), clock: ['noon'] }, 'clock.0: must be of type number'],
  ['great depth', tape({ step: 'a', input: nested(300) }), 'nested more than 200 levels deep'],
  [
    'a list that begins nowhere',
    tape({ step: 'a', input: { prompt: [{ $same: 1, as: 'z' }] } }),
    '"prompt" of the step "a" begins like that of "z"',
  ],
  [
    'a list that begins with more than there is',
    tape({ step: 'a', input: { prompt: [1] } }, { step: 'b', input: { prompt: [{ $same: 9, as: 'a' }] } }),
    '"prompt" of the step "b" begins like that of "a"',
  ],
])('a tape with %s is refused', (_what, source, problem) => {
  expect(() => readTape(source)).toThrow(
    expect.objectContaining({ code: 'tape', message: expect.stringContaining(problem) }),
  )
})
