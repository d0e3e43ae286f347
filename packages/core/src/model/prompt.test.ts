import { expect, test } from 'vitest'
import { Conversation } from '../conversation.ts'
import type { MessageDraft } from '../message.ts'
import { promptFor, promptOf, promptView, UNANSWERED } from './prompt.ts'

const call = (id: string, args = '{}') => ({ id, name: 'look', arguments: args })
const result = (callId: string, content = 'seen') => ({ callId, name: 'look', content, isError: false })

function conversation(...said: readonly (readonly [string, MessageDraft])[]): Conversation {
  const held = new Conversation({ id: 'c' })
  for (const [name, draft] of said) held.append(name, draft)
  return held
}

/** A prompt in short: role, then texts, calls and answers. */
function short(prompt: ReturnType<typeof promptFor>): string[] {
  return prompt.map(({ role, content }) => {
    if (typeof content === 'string') return `${role}: ${content}`
    const parts = content.map((part) => {
      if (part.type === 'tool-call') return `call ${part.toolCallId} ${JSON.stringify(part.input)}`
      if (part.type === 'tool-result')
        return `answer ${part.toolCallId} ${JSON.stringify('value' in part.output ? part.output.value : '')}`
      return 'text' in part ? `${part.type} ${part.text}` : part.type
    })
    return `${role}: ${parts.join(' | ')}`
  })
}

test('own messages are the assistant’s, those of others the user’s, with their names', () => {
  const { messages } = conversation(
    ['a', { content: 'hi' }],
    ['b', { content: 'ho' }],
    ['a', { content: 'quoted', name: 'carol' }],
  )
  expect(promptFor('b', messages)).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'hi' }], providerOptions: { conversable: { name: 'a' } } },
    { role: 'assistant', content: [{ type: 'text', text: 'ho' }], providerOptions: { conversable: { name: 'b' } } },
    { role: 'user', content: [{ type: 'text', text: 'quoted' }], providerOptions: { conversable: { name: 'carol' } } },
  ])
})

test.each<[string, readonly (readonly [string, MessageDraft])[], readonly string[]]>([
  [
    'answered calls stay as they are',
    [
      ['b', { content: 'Let me see.', toolCalls: [call('1'), call('2')] }],
      ['a', { toolResults: [result('1'), result('2')] }],
    ],
    ['assistant: text Let me see. | call 1 {} | call 2 {}', 'tool: answer 1 "seen" | answer 2 "seen"'],
  ],
  [
    'answers are put into the order of the calls, and doubled ones are left out',
    [
      ['b', { toolCalls: [call('1'), call('2')] }],
      ['a', { toolResults: [result('2'), result('1'), result('2', 'again')] }],
    ],
    ['assistant: call 1 {} | call 2 {}', 'tool: answer 1 "seen" | answer 2 "seen"'],
  ],
  [
    'a missing answer is made up',
    [
      ['b', { toolCalls: [call('1'), call('2')] }],
      ['a', { toolResults: [result('1')] }],
    ],
    ['assistant: call 1 {} | call 2 {}', `tool: answer 1 "seen" | answer 2 "${UNANSWERED}"`],
  ],
  [
    'words over calls that nobody answered',
    [
      ['b', { toolCalls: [call('1')] }],
      ['a', { content: 'never mind' }],
    ],
    ['assistant: call 1 {}', `tool: answer 1 "${UNANSWERED}"`, 'user: text never mind'],
  ],
  [
    'words and answers in one message',
    [
      ['b', { toolCalls: [call('1')] }],
      ['a', { content: 'never mind', toolResults: [result('1', 'USER INTERRUPTED')] }],
    ],
    ['assistant: call 1 {}', 'tool: answer 1 "USER INTERRUPTED"', 'user: text never mind'],
  ],
  [
    'calls that are open at the end',
    [
      ['a', { content: 'go' }],
      ['b', { toolCalls: [call('1')] }],
    ],
    ['user: text go', 'assistant: call 1 {}', `tool: answer 1 "${UNANSWERED}"`],
  ],
  [
    'an answer without a call is shown as text',
    [['a', { toolResults: [result('9', 'orphan')] }]],
    ['user: text orphan'],
  ],
  [
    'two messages with calls in a row',
    [
      ['b', { toolCalls: [call('1')] }],
      ['b', { toolCalls: [call('1')] }],
      ['a', { toolResults: [result('1')] }],
    ],
    ['assistant: call 1 {}', `tool: answer 1 "${UNANSWERED}"`, 'assistant: call 1 {}', 'tool: answer 1 "seen"'],
  ],
  [
    'arguments that are no JSON object are shown as they were written',
    [
      ['b', { toolCalls: [call('1', '{"a": 1,}'), call('2', '[1]')] }],
      ['a', { toolResults: [result('1'), result('2')] }],
    ],
    [
      'assistant: call 1 {"malformed_arguments":"{\\"a\\": 1,}"} | call 2 {"malformed_arguments":"[1]"}',
      'tool: answer 1 "seen" | answer 2 "seen"',
    ],
  ],
  [
    'reasoning goes back to who thought it',
    [
      [
        'b',
        {
          content: [
            { type: 'reasoning', text: 'hm' },
            { type: 'text', text: 'yes' },
          ],
        },
      ],
    ],
    ['assistant: reasoning hm | text yes'],
  ],
  [
    'and to nobody else',
    [
      [
        'a',
        {
          content: [
            { type: 'reasoning', text: 'hm' },
            { type: 'text', text: 'yes' },
          ],
        },
      ],
    ],
    ['user: text yes'],
  ],
  [
    'calls stand where the model made them between its thoughts',
    [
      [
        'b',
        {
          content: [
            { type: 'reasoning', text: 'one' },
            { type: 'reasoning', text: 'two' },
          ],
          toolCalls: [{ ...call('1'), providerMetadata: { conversable: { after: 1 } } }, call('2')],
        },
      ],
      ['a', { toolResults: [result('1'), result('2')] }],
    ],
    ['assistant: reasoning one | call 1 {} | reasoning two | call 2 {}', 'tool: answer 1 "seen" | answer 2 "seen"'],
  ],
])('%s', (_what, said, expected) => {
  const held = conversation(...said)
  expect(short(promptFor('b', held.messages))).toEqual(expected)
  expect(short(promptOf(promptView('b'), held))).toEqual(expected)
})

test('a prompt that is built bit by bit is the one that is built at once', () => {
  const held = conversation(['a', { content: 'go' }])
  promptOf(promptView('b'), held)
  held.append('b', { toolCalls: [call('1')] })
  expect(short(promptOf(promptView('b'), held)).at(-1)).toContain(UNANSWERED)
  held.append('a', { toolResults: [result('1')] })
  held.append('b', { content: 'done' })
  expect(promptOf(promptView('b'), held)).toEqual(promptFor('b', held.messages))
})

test('a prompt is the caller’s own', () => {
  const held = conversation(['a', { content: 'go' }])
  promptOf(promptView('b'), held).push({ role: 'system', content: 'only here' })
  expect(promptOf(promptView('b'), held)).toHaveLength(1)
})

test('pictures and files go by address, or with their data', () => {
  const { messages } = conversation([
    'a',
    {
      content: [
        { type: 'image', url: 'https://example.org/cat.png' },
        { type: 'image', url: 'data:image/png;base64,AAAA' },
        { type: 'file', url: 'data:application/pdf;base64,BBBB', mediaType: 'application/pdf', filename: 'a.pdf' },
      ],
    },
  ])
  expect(promptFor('b', messages)[0]?.content).toEqual([
    { type: 'file', mediaType: 'image/*', data: { type: 'url', url: new URL('https://example.org/cat.png') } },
    { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AAAA' } },
    { type: 'file', mediaType: 'application/pdf', filename: 'a.pdf', data: { type: 'data', data: 'BBBB' } },
  ])
})
