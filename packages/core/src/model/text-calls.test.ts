import { describe, expect, test } from 'vitest'
import { TextCallReader, type AnswerPiece } from './text-calls.ts'

/** What a reader makes of an answer that comes in pieces of some size; texts that meet are joined. */
function read(answer: string, size = answer.length): (string | readonly [string, unknown])[] {
  const reader = new TextCallReader(['weather', 'time'])
  const pieces: AnswerPiece[] = []
  for (let at = 0; at < answer.length; at += size) pieces.push(...reader.push(answer.slice(at, at + size)))
  pieces.push(...reader.end())
  const found: (string | readonly [string, unknown])[] = []
  for (const piece of pieces) {
    const last = found.at(-1)
    if (!('text' in piece)) found.push([piece.name, JSON.parse(piece.arguments)])
    else if (typeof last === 'string') found[found.length - 1] = last + piece.text
    else found.push(piece.text)
  }
  return found
}

const paris = ['weather', { town: 'Paris' }] as const
const call = '{"name": "weather", "arguments": {"town": "Paris"}}'

describe.each([
  ['a call alone', `\`\`\`tool_call\n${call}\n\`\`\``, [paris]],
  [
    'words before a call, without the space between them',
    `Let me see.\n\n\`\`\`tool_call\n${call}\n\`\`\`\n`,
    ['Let me see.', paris],
  ],
  ['two calls', `\`\`\`tool_call\n${call}\n\`\`\`\n\n\`\`\`tool_call\n{"name": "time"}\n\`\`\``, [paris, ['time', {}]]],
  ['a list of calls', `\`\`\`tool_call\n[${call}, ${call}]\n\`\`\``, [paris, paris]],
  [
    'JSON over several lines',
    '```tool_call\n{\n  "name": "weather",\n  "arguments": {"town": "Paris"}\n}\n```',
    [paris],
  ],
  [
    'a raw line break in JSON',
    '```tool_call\n{"name": "time", "arguments": {"zone": "a\nb"}}\n```',
    [['time', { zone: 'a\nb' }]],
  ],
  ['a call of an unknown tool', '```tool_call\n{"name": "nothing"}\n```', [['nothing', {}]]],
  ['a call in a json block', `\`\`\`json\n${call}\n\`\`\``, [paris]],
  ['a call in a block of no language', `\`\`\`\n${call}\n\`\`\``, [paris]],
  [
    'parameters for arguments',
    '```json\n{"name": "time", "parameters": {"zone": "UTC"}}\n```',
    [['time', { zone: 'UTC' }]],
  ],
  ['a call in tags', `Well.\n<tool_call>\n${call}\n</tool_call>`, ['Well.', paris]],
  ['a call in tags on one line', `<tool_call>${call}</tool_call>`, [paris]],
  ['a call that was never closed', `\`\`\`tool_call\n${call}`, [paris]],
  ['a call before words', `\`\`\`tool_call\n${call}\n\`\`\`\nThat is it.`, [paris, 'That is it.']],
])('%s is found', (_name, answer, wanted) => {
  test.each([1, 2, 3, 7, 1_000])('in pieces of %i letters', (size) => {
    expect(read(answer, size)).toEqual(wanted)
  })
})

describe.each([
  ['JSON of something else', 'So:\n```json\n{"name": "Bob", "age": 7}\n```\nDone.\n'],
  ['JSON that names no tool', '```json\n{"name": "nothing", "arguments": {}}\n```'],
  ['broken JSON', '```tool_call\n{"name": \n```\n'],
  ['a program', 'Run this:\n\n```python\nprint("```tool_call")\n```\n\nand tell me.'],
  ['a program that was never closed', '```sh\nls\n'],
  ['a call inside of a longer fence', `\`\`\`\`md\n\`\`\`tool_call\n${call}\n\`\`\`\n\`\`\`\`\n`],
  ['a call that is only thought of', `<think>\n\`\`\`tool_call\n${call}\n\`\`\`\n</think>\nNo need.`],
  ['a fence in the middle of a line', 'Write ```tool_call to call.'],
  ['tags and quotes in the text', 'a < b and `c` ~ d\n<tool> `x`\n'],
  ['space around', '  \n\nHello. \n\n'],
])('%s stays text, to the letter', (_name, answer) => {
  test.each([1, 2, 3, 7, 1_000])('in pieces of %i letters', (size) => {
    expect(read(answer, size)).toEqual([answer])
  })
})

test('text is said as soon as it is known to be text', () => {
  const reader = new TextCallReader(['weather'])
  expect(reader.push('Hello')).toEqual([{ text: 'Hello' }])
  expect(reader.push(', you.\n')).toEqual([{ text: ', you.' }])
  expect(reader.push('\n``')).toEqual([])
  expect(reader.push('`python\nprint(1)')).toEqual([{ text: '\n\n```python' }])
  expect(reader.push('\n```\n')).toEqual([{ text: '\nprint(1)' }, { text: '\n```' }])
  expect(reader.end()).toEqual([{ text: '\n' }])
})
