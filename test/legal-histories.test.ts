import { expect, test } from 'vitest'
import { violationsIn } from './legal-histories/checker.ts'
import { play } from './legal-histories/play.ts'
import { Tally } from './legal-histories/tally.ts'

// `npm run histories` plays 10,000; `npm run histories -- --seed N --runs 1` brings one back.
test.each([1, 251, 501, 751])(
  '250 conversations by chance, from seed %i: every request is legal, and every one can be gone on with',
  { timeout: 120_000 },
  async (first) => {
    const tally = new Tally()
    for (let seed = first; seed < first + 250; seed++) tally.add(await play(seed))
    expect(tally.problems).toEqual([])
    // There was something to see: chats with calls, cuts and cancellations.
    expect(tally.requests).toBeGreaterThan(2_500)
    expect(tally.calls).toBeGreaterThan(2_500)
    expect(tally.trims).toBeGreaterThan(250)
    expect(tally.cancelled).toBeGreaterThan(100)
  },
)

test('the same seed plays the same conversation', async () => {
  expect(await play(42)).toEqual(await play(42))
})

test('the checker sees calls that are not answered, answers that nobody asked for, and answers in the wrong place', () => {
  const user = { role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi.' }] }
  const call = (toolCallId: string) => ({ type: 'tool-call' as const, toolCallId, toolName: 'work', input: {} })
  const result = (toolCallId: string) => ({
    type: 'tool-result' as const,
    toolCallId,
    toolName: 'work',
    output: { type: 'text' as const, value: 'done' },
  })
  const calls = { role: 'assistant' as const, content: [call('a'), call('b')] }
  const answers = { role: 'tool' as const, content: [result('b'), result('a')] }
  expect(violationsIn([user, calls, answers, user])).toEqual([])
  expect(violationsIn([user, calls])).toEqual(['message 1 calls a,b, and what follows answers nothing'])
  expect(violationsIn([user, calls, { role: 'tool', content: [result('a')] }])).toEqual([
    'message 1 calls a,b, and what follows answers a',
  ])
  expect(violationsIn([user, answers])).toEqual(['message 1 answers b,a, which nobody called in front of it'])
  expect(violationsIn([calls, user, answers])).toHaveLength(2)
  expect(violationsIn([{ ...calls, content: [call('a'), call('a')] }, answers])[0]).toBe('message 0 calls a twice')
})
