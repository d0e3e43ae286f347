import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { withOwnCalls } from './own-calls.ts'

const reader = {
  modelId: 'anthropic.messages/claude',
  callId: /^[\w-]{1,64}$/,
  hasTools: true,
  callsNeedThoughts: false,
}
const from = (model: string): { conversable: { model: string } } => ({ conversable: { model } })

/** A call with words before it, and its result. */
function called(options: { readonly by?: string; readonly model?: string } = {}): LanguageModelV4Prompt {
  const { by, model } = options
  return [
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        {
          type: 'tool-call',
          toolCallId: '1',
          toolName: 'look',
          input: { at: 'Paris' },
          ...(model !== undefined && { providerOptions: { ...from(model), openai: { itemId: 'fc_1' } } }),
        },
      ],
      ...(by !== undefined && { providerOptions: { conversable: { by } } }),
    },
    {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: '1', toolName: 'look', output: { type: 'text', value: 'sun' } }],
    },
  ]
}

const said = (role: 'user' | 'assistant', text: string): LanguageModelV4Message => ({
  role,
  content: [{ type: 'text', text }],
})
const told = (who: string): LanguageModelV4Message =>
  said('user', `${who} called look({"at":"Paris"}), which answered:\nsun`)

test('the calls of the agent that asks stay calls', () => {
  expect(withOwnCalls(called(), reader)).toEqual(called())
})

test('calls of another agent are told in the user’s words', () => {
  expect(withOwnCalls(called({ by: 'alice' }), reader)).toEqual([said('user', 'alice: I look.'), told('alice')])
})

test('without tools, no call stands in a prompt', () => {
  expect(withOwnCalls(called(), { ...reader, hasTools: false })).toEqual([said('assistant', 'I look.'), told('You')])
})

test('calls of another model stay calls, without what that model attached', () => {
  expect(withOwnCalls(called({ model: 'openai.responses/gpt-5' }), reader)).toEqual(called())
})

describe('where calls need the thoughts before them', () => {
  const thinker = { ...reader, callsNeedThoughts: true }
  const thought = { type: 'reasoning' as const, text: 'Hm.', providerOptions: from(reader.modelId) }
  const asTold = [said('assistant', 'I look.'), told('You')]
  const [call, results] = called()
  if (call?.role !== 'assistant' || !results) throw new Error('A call is the assistant’s.')
  const thoughtful: LanguageModelV4Prompt = [{ ...call, content: [thought, ...call.content] }, results]

  test('calls of another model are told', () => {
    expect(withOwnCalls(called({ model: 'openai.responses/gpt-5' }), thinker)).toEqual(asTold)
  })

  test('calls without thoughts are told', () => {
    expect(withOwnCalls(called({ model: reader.modelId }), thinker)).toEqual(asTold)
  })

  test('calls with thoughts stay calls, and so do those that follow their results', () => {
    const ids = new Set<string>()
    const shaped = withOwnCalls([...thoughtful, ...called()], thinker)
    for (const { content } of shaped)
      if (typeof content !== 'string') for (const part of content) if ('toolCallId' in part) ids.add(part.toolCallId)
    expect(shaped.map(({ role }) => role)).toEqual(['assistant', 'tool', 'assistant', 'tool'])
    expect(ids.size).toBe(2)
  })
})

test('a call without a result is told as one', () => {
  const shaped = withOwnCalls([...called({ by: 'alice' }).slice(0, 1), said('user', 'Well?')], reader)
  const account = said('user', 'alice called look({"at":"Paris"}), which was not answered.')
  expect(shaped).toEqual([said('user', 'alice: I look.'), account, said('user', 'Well?')])
})

test('a call that failed is told as one', () => {
  const [call, results] = called({ by: 'alice' })
  if (!call || results?.role !== 'tool') throw new Error('A call has a result.')
  const failed = results.content.map((part) => ({
    ...part,
    output: { type: 'error-text' as const, value: 'No such town.' },
  }))
  const shaped = withOwnCalls([call, { ...results, content: failed }] as LanguageModelV4Prompt, reader)
  expect(shaped.at(-1)).toEqual(said('user', 'alice called look({"at":"Paris"}), which failed:\nNo such town.'))
})

test('thoughts go back to the model that thought them, with their signature, and to no other', () => {
  const mine = {
    type: 'reasoning' as const,
    text: 'Hm.',
    providerOptions: { ...from(reader.modelId), anthropic: { signature: 's' } },
  }
  const another = { ...mine, providerOptions: from('mistral.chat/magistral') }
  const unknown = { type: 'reasoning' as const, text: 'Hm.' }
  const text = { type: 'text' as const, text: 'Yes.' }
  const shaped = withOwnCalls([{ role: 'assistant', content: [mine, another, unknown, text] }], reader)
  expect(shaped).toEqual([{ role: 'assistant', content: [mine, text] }])
})

test('what another model attached to a text is left out, and what a user attached stays', () => {
  const cached = { anthropic: { cacheControl: { type: 'ephemeral' } } }
  const shaped = withOwnCalls(
    [
      { role: 'user', content: [{ type: 'text', text: 'a', providerOptions: cached }] },
      {
        role: 'user',
        content: [
          {
            type: 'text',
            text: 'b',
            providerOptions: { ...from('openai.responses/gpt-5'), openai: { itemId: 'msg_1' } },
          },
        ],
      },
    ],
    reader,
  )
  expect(shaped).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'a', providerOptions: cached }] },
    { role: 'user', content: [{ type: 'text', text: 'b' }] },
  ])
})

test('ids that come twice are told apart', () => {
  const shaped = withOwnCalls([...called(), said('assistant', 'Sun.'), said('user', 'Again.'), ...called()], reader)
  const ids = shaped.flatMap(({ content }) =>
    typeof content === 'string' ? [] : content.flatMap((part) => ('toolCallId' in part ? [part.toolCallId] : [])),
  )
  expect(ids.slice(0, 2)).toEqual(['1', '1'])
  expect(ids[2]).not.toBe('1')
  expect(ids[3]).toBe(ids[2])
})
