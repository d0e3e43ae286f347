import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { BEGIN, EMPTY, GO_ON, inTurns, NOTED } from './turns.ts'

const FREE = { system: 'anywhere', turns: 'free', answerAfterResults: false } as const
const STRICT = { system: 'first', turns: 'strict', answerAfterResults: false } as const

/** A prompt from lines `role: text`; `call` and `result` stand for a call of the assistant's and its result. */
function prompt(...messages: readonly string[]): LanguageModelV4Prompt {
  return messages.map((line): LanguageModelV4Prompt[number] => {
    const [role, text = ''] = line.split(': ')
    if (role === 'system') return { role, content: text }
    if (role === 'user' || role === 'assistant') return { role, content: [{ type: 'text', text }] }
    const of = { toolCallId: '1', toolName: 'look' }
    if (role === 'call') return { role: 'assistant', content: [{ type: 'tool-call', ...of, input: {} }] }
    return { role: 'tool', content: [{ type: 'tool-result', ...of, output: { type: 'text', value: 'seen' } }] }
  })
}

function lines(shaped: LanguageModelV4Prompt): string[] {
  return shaped.map(({ role, content }) => {
    if (typeof content === 'string') return `${role}: ${content}`
    const [only] = content
    if (role === 'tool') return 'result'
    return only && 'text' in only
      ? `${role}: ${content.map((part) => ('text' in part ? part.text : '')).join('|')}`
      : 'call'
  })
}

test.each<[string, Parameters<typeof inTurns>[1], readonly string[], readonly string[]]>([
  [
    'a prompt that is in order stays as it is',
    STRICT,
    ['system: S', 'user: a', 'assistant: b', 'user: c'],
    ['system: S', 'user: a', 'assistant: b', 'user: c'],
  ],
  ['results may come last', STRICT, ['user: a', 'call', 'result'], ['user: a', 'call', 'result']],
  [
    'a late system message becomes the user’s',
    STRICT,
    ['system: S', 'user: a', 'system: T'],
    ['system: S', 'user: a', 'user: T'],
  ],
  ['system messages in front become one', STRICT, ['system: S', 'system: T', 'user: a'], ['system: S\n\nT', 'user: a']],
  ['an empty system message is left out', STRICT, ['system: ', 'user: a'], ['user: a']],
  [
    'late system messages stay where they may',
    FREE,
    ['system: S', 'user: a', 'system: T'],
    ['system: S', 'user: a', 'system: T'],
  ],
  [
    'the user begins',
    STRICT,
    ['system: S', 'assistant: a', 'user: b'],
    ['system: S', `user: ${BEGIN}`, 'assistant: a', 'user: b'],
  ],
  ['the user begins a prompt that would be empty', STRICT, ['system: S'], ['system: S', `user: ${BEGIN}`]],
  [
    'the user asks the assistant to go on',
    STRICT,
    ['user: a', 'assistant: b'],
    ['user: a', 'assistant: b', `user: ${GO_ON}`],
  ],
  [
    'the user stands between two messages of the assistant',
    STRICT,
    ['user: a', 'assistant: b', 'assistant: c', 'user: d'],
    ['user: a', 'assistant: b', `user: ${GO_ON}`, 'assistant: c', 'user: d'],
  ],
  [
    'nothing stands between two messages of the assistant where that is taken',
    FREE,
    ['user: a', 'assistant: b', 'assistant: c'],
    ['user: a', 'assistant: b', 'assistant: c'],
  ],
  [
    'an empty message of the user says that it is',
    STRICT,
    ['user: a', 'assistant: b', 'user: '],
    ['user: a', 'assistant: b', `user: ${EMPTY}`],
  ],
  [
    'an empty message of the assistant is left out',
    STRICT,
    ['user: a', 'assistant:  ', 'user: c'],
    ['user: a', 'user: c'],
  ],
  [
    'the user’s messages are joined where they may not stand side by side',
    { ...STRICT, turns: 'joined' },
    ['user: a', 'user: b', 'system: c'],
    ['user: a\n\nb\n\nc'],
  ],
  [
    'the assistant speaks between results and the user',
    { ...STRICT, answerAfterResults: true },
    ['user: a', 'call', 'result', 'user: b'],
    ['user: a', 'call', 'result', `assistant: ${NOTED}`, 'user: b'],
  ],
  [
    'the assistant speaks for itself behind results',
    { ...STRICT, answerAfterResults: true },
    ['user: a', 'call', 'result', 'assistant: b', 'user: c'],
    ['user: a', 'call', 'result', 'assistant: b', 'user: c'],
  ],
])('%s', (_name, rules, given, wanted) => {
  expect(lines(inTurns(prompt(...given), rules))).toEqual(wanted)
})

test('a file of the assistant’s own is named, one of the user’s is shown', () => {
  const file = { type: 'file' as const, mediaType: 'image/png', data: { type: 'data' as const, data: 'AAAA' } }
  const shaped = inTurns(
    [
      { role: 'user', content: [file] },
      { role: 'assistant', content: [file] },
      { role: 'user', content: [file] },
    ],
    STRICT,
  )
  expect(shaped.map(({ content }) => content)).toEqual([[file], [{ type: 'text', text: '<image>' }], [file]])
})

test('a message with nothing but thoughts is left out', () => {
  const thought = { type: 'reasoning' as const, text: 'Hm.' }
  const shaped = inTurns(
    [...prompt('user: a'), { role: 'assistant', content: [thought, { type: 'text', text: '' }] }],
    STRICT,
  )
  expect(lines(shaped)).toEqual(['user: a'])
})
