import { expect, test } from 'vitest'
import { runExample } from '../run-example.ts'

test('fallback shows each step to the model that answers, and then the cache', { timeout: 30_000 }, async () => {
  const { stdout } = await runExample('fallback')
  expect(stdout.split('\n').slice(2)).toEqual([
    'user, for the first time: How many hills has Paris?',
    '  Model "scripted/busy" failed with status 429: too many requests. Again in a moment.',
    '  Model "scripted/busy" failed with status 429: too many requests. Asking scripted/shy.',
    '  scripted/shy will not do.',
    '  scripted/large will do.',
    'assistant: There are three hills: Montmartre, Belleville, Montparnasse.',
    '  Answers that were paid for: 2.',
    '',
    'user, for the second time: How many hills has Paris?',
    '  scripted/large has answered that before.',
    'assistant: There are three hills: Montmartre, Belleville, Montparnasse.',
    '  Answers that were paid for: 0.',
    '',
    '',
  ])
})
