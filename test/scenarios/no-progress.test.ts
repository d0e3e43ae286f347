import { tool, type ChatOptions, type ChatResult, type ChatRun, type ConversableAgent } from 'conversable'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { echo, proxy, scripted } from './support.ts'
import { chance } from '../chance.ts'

type Hold = (options?: ChatOptions) => ChatRun<ChatResult>

const THANKS = ['Thank you!', 'Thanks a lot.', 'Many thanks!', 'Thank you so much!', 'Thanks again!']
const WELCOMES = ["You're welcome!", 'No problem.', 'My pleasure.', 'Any time!', 'Glad to help!']

/** An agent that goes through a list of texts again and again. */
function reciter(name: string, texts: readonly string[]): ConversableAgent {
  return echo(name, '-').registerReply(undefined, ({ conversation }) => ({
    message: texts[Math.floor(conversation.messages.length / 2) % texts.length] ?? '',
  }))
}

function caller(pollable: boolean): Hold {
  const status = tool({
    name: 'status',
    description: 'Tells the status.',
    parameters: z.object({ id: z.number() }),
    pollable,
    execute: () => `at ${performance.now()}`,
  })
  const { agent } = scripted('assistant', (_request, index) =>
    index < 30 ? { toolCalls: [{ name: 'status', arguments: { id: 7 } }] } : 'TERMINATE',
  )
  agent.registerForLLM(status)
  const user = proxy().registerForExecution(status)
  return (options = {}) => user.initiateChat(agent, { message: 'Wait for it.', ...options })
}

/** Four pairs that get nowhere. */
const loops: Readonly<Record<string, Hold>> = {
  'thanks and welcomes': (options) =>
    reciter('a', THANKS).initiateChat(reciter('b', WELCOMES), { message: 'Here it is.', ...options }),
  'the same tool with the same arguments': (options) => caller(false)(options),
  'two who hand each other the same thing': (options) =>
    echo('a', 'Over to you, b.').initiateChat(echo('b', 'Over to you, a!'), { message: 'Who does it?', ...options }),
  'empty messages': (options) => echo('a', '').initiateChat(echo('b', ''), { message: 'Hello?', ...options }),
}

describe.each(Object.entries(loops))('%s', (_name, hold) => {
  test('end a chat with default settings after at most six repeated messages, with the evidence', async () => {
    const { stopReason, chatHistory } = await hold()
    expect(stopReason).toMatchObject({ rule: 'no-progress', detail: expect.stringContaining('in a circle') })
    expect(stopReason.evidence).toEqual(chatHistory.slice(-6).map((message) => message.id))
    expect(chatHistory.length).toBeLessThanOrEqual(1 + 2 + 6)
  })

  test('go on to the limit of turns with the detector off', async () => {
    const { stopReason, chatHistory } = await hold({ noProgress: false, maxTurns: 12 })
    expect(stopReason.rule).toBe('max-turns')
    expect(chatHistory).toHaveLength(24)
  })

  test('end a chat sooner or later, as it is set', async () => {
    expect((await hold({ noProgress: { maxRepeats: 3 } })).stopReason.evidence).toHaveLength(3)
    expect((await hold({ noProgress: { maxRepeats: 10 } })).stopReason.evidence).toHaveLength(10)
  })
})

test('a tool that is meant to be polled may be called 30 times', async () => {
  const { stopReason, chatHistory } = await caller(true)()
  expect(stopReason.rule).toBe('termination')
  expect(chatHistory).toHaveLength(62)
})

test('240 chats that get somewhere are left alone: counting, quizzes, retries, silent users, games, votes', async () => {
  const random = chance(7)
  const pick = (texts: readonly string[]): string => texts[Math.floor(random() * texts.length)] ?? ''
  const kinds: readonly ((n: number) => readonly [ConversableAgent, ConversableAgent])[] = [
    // A user that only says "go on", to one that counts.
    () => [echo('a', 'Continue.'), counting('b', (n) => `Step ${n} is done.`)],
    // A user that says nothing, to one that tells a story.
    () => [echo('a', ''), counting('b', (n) => `Chapter ${n}. ${pick(['Rain', 'Sun', 'Snow'])} fell.`)],
    // Questions that are answered in one word.
    () => [
      counting('a', (n) => `Is ${n} a prime?`),
      echo('b', '-').registerReply(undefined, () => ({ message: pick(['Yes.', 'No.']) })),
    ],
    // Code that is mended: the same complaint, another program.
    () => [
      echo('a', 'exitcode: 1 (execution failed)\nCode output: NameError'),
      counting('b', (n) => `Try ${n}:\nprint(x${n})`),
    ],
    // A game with few moves.
    () => [
      echo('a', '-').registerReply(undefined, ({ conversation }) => ({
        message: `rock ${conversation.messages.length}`,
      })),
      echo('b', '-').registerReply(undefined, () => ({ message: pick(['rock', 'paper', 'scissors']) })),
    ],
    // Thanks in between, among other things.
    () => [
      counting('a', (n) => (n % 3 === 0 ? 'Thank you!' : `Question ${n}?`)),
      counting('b', (n) => (n % 3 === 0 ? "You're welcome!" : `Answer ${n}.`)),
    ],
  ]
  for (let n = 0; n < 240; n++) {
    const [a, b] = (kinds[n % kinds.length] ?? kinds[0])?.(n) ?? []
    if (!a || !b) throw new Error('No such kind.')
    const { stopReason } = await a.initiateChat(b, { message: 'Begin.', maxTurns: 10 + (n % 20) })
    expect([n, stopReason.rule]).toEqual([n, 'max-turns'])
  }
})

function counting(name: string, say: (n: number) => string): ConversableAgent {
  return echo(name, '-').registerReply(undefined, ({ conversation }) => ({
    message: say(conversation.messages.length),
  }))
}
