import {
  AssistantAgent,
  inlineRuntime,
  ModelError,
  tool,
  type ChatEvent,
  type ChatResult,
  type ChatRun,
} from 'conversable'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { FaultServer, page, refusing, silent, streaming, type Behaviour } from '../fault-server.ts'
import { dialects, type Dialect } from '../wire-dialects.ts'
import { lines, proxy } from './support.ts'

/** A chat with an assistant whose model is `a`, and `b` when that one fails. */
interface Held {
  readonly run: ChatRun<ChatResult>
  readonly events: readonly ChatEvent[]
  readonly server: FaultServer
}

interface Row {
  readonly a: (dialect: Dialect) => readonly Behaviour[]
  readonly idleTimeoutMs?: number
  /** What came of it. */
  readonly text?: string
  readonly error?: object
  /** Which models were asked, in order. */
  readonly asked: readonly string[]
  /** Retries, with their waits in milliseconds, and fallbacks. */
  readonly events?: readonly (string | number)[]
}

const word = z.object({ word: z.string() })
const say = tool({
  name: 'say',
  description: 'Says a word.',
  parameters: word,
  execute: ({ word: one }) => `said ${one}`,
})

async function hold(
  dialect: Dialect,
  { a, idleTimeoutMs = 30_000 }: Pick<Row, 'a' | 'idleTimeoutMs'>,
): Promise<Held & AsyncDisposable> {
  const b = [streaming(dialect.said('From b. TERMINATE'))]
  const server = new FaultServer({ a: a(dialect), b })
  const at = await server.listen()
  const assistant = new AssistantAgent({
    name: 'assistant',
    llmConfig: { model: [dialect.model(at('a')), dialect.model(at('b'))], retry: { initialDelayMs: 1 }, idleTimeoutMs },
  })
  const user = proxy()
  assistant.registerForLLM(say)
  user.registerForExecution(say)
  const events: ChatEvent[] = []
  // Chance leaves the waits as they are.
  const runtime = { ...inlineRuntime, random: () => 0 }
  const run = user.initiateChat(assistant, { message: 'Hello?', runtime }).subscribe((event) => void events.push(event))
  return { run, events, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const soon = { 'retry-after': '1' }
const rows: Readonly<Record<string, Row>> = {
  '429 twice with Retry-After is waited for and asked again': {
    a: (d) => [
      refusing(429, d.refusal('slow down'), soon),
      refusing(429, d.refusal('slow down'), soon),
      streaming(d.said('Hi. TERMINATE')),
    ],
    text: 'Hi. TERMINATE',
    asked: ['a', 'a', 'a'],
    events: ['model-retry', 1_000, 'model-retry', 1_000],
  },
  '500 once is asked again': {
    a: (d) => [refusing(500, d.refusal('oops')), streaming(d.said('Hi. TERMINATE'))],
    text: 'Hi. TERMINATE',
    asked: ['a', 'a'],
    events: ['model-retry', 1],
  },
  '500 for ever goes on to the next model': {
    a: (d) => [1, 2, 3].map(() => refusing(500, d.refusal('oops'))),
    text: 'From b. TERMINATE',
    asked: ['a', 'a', 'a', 'b'],
    events: ['model-retry', 1, 'model-retry', 2, 'model-fallback'],
  },
  '400 is an error at once, and no other model is asked': {
    a: (d) => [refusing(400, d.refusal('broken prompt'))],
    error: { kind: 'bad-request', status: 400, retryable: false, message: expect.stringContaining('broken prompt') },
    asked: ['a'],
  },
  '401 goes on to the next model': {
    a: (d) => [refusing(401, d.refusal('wrong key'))],
    text: 'From b. TERMINATE',
    asked: ['a', 'b'],
    events: ['model-fallback'],
  },
  'a hang before the headers is given up, and asked again': {
    a: (d) => [silent, streaming(d.said('Hi. TERMINATE'))],
    idleTimeoutMs: 1_500,
    text: 'Hi. TERMINATE',
    asked: ['a', 'a'],
    events: ['model-retry', 1],
  },
  'a stall before the first word is given up, and asked again': {
    a: (d) => [streaming(d.begun(), 'stall'), streaming(d.said('Hi. TERMINATE'))],
    idleTimeoutMs: 1_500,
    text: 'Hi. TERMINATE',
    asked: ['a', 'a'],
    events: ['model-retry', 1],
  },
  'a stall in mid-stream is an error with the words up to there': {
    a: (d) => [streaming(d.begun('Hel', 'lo'), 'stall')],
    idleTimeoutMs: 1_500,
    error: { kind: 'timeout', partialText: 'Hello', message: expect.stringContaining('said nothing for 1500 ms') },
    asked: ['a'],
  },
  'a socket cut before the first word is asked again': {
    a: (d) => [streaming(d.begun(), 'cut'), streaming(d.said('Hi. TERMINATE'))],
    text: 'Hi. TERMINATE',
    asked: ['a', 'a'],
    events: ['model-retry', 1],
  },
  'a socket cut in mid-stream is an error with the words up to there': {
    a: (d) => [streaming(d.begun('Hel', 'lo'), 'cut')],
    error: { kind: 'network', retryable: true, partialText: 'Hello' },
    asked: ['a'],
  },
  'a stream that just ends in the middle is an error with the words up to there': {
    a: (d) => [streaming(d.begun('Hel', 'lo'))],
    error: { kind: 'network', retryable: true, partialText: 'Hello' },
    asked: ['a'],
  },
  'an error inside the stream before the first word is asked again': {
    a: (d) => [streaming(d.begun() + d.failed('overloaded')), streaming(d.said('Hi. TERMINATE'))],
    text: 'Hi. TERMINATE',
    asked: ['a', 'a'],
    events: ['model-retry', 1],
  },
  'an error inside the stream after the first word is an error with the words up to there': {
    a: (d) => [streaming(d.begun('Hel', 'lo') + d.failed('overloaded'))],
    error: { kind: 'server', retryable: true, partialText: 'Hello', message: expect.stringContaining('overloaded') },
    asked: ['a'],
  },
  'a web page with status 200 is no answer': {
    a: (d) => [page, streaming(d.said('Hi. TERMINATE'))],
    text: 'Hi. TERMINATE',
    asked: ['a', 'a'],
    events: ['model-retry', 1],
  },
  'a web page for ever goes on to the next model': {
    a: () => [page, page, page],
    text: 'From b. TERMINATE',
    asked: ['a', 'a', 'a', 'b'],
    events: ['model-retry', 1, 'model-retry', 2, 'model-fallback'],
  },
  'arguments that are no JSON go back to the model': {
    a: (d) => [streaming(d.called('say', '{"word":')), streaming(d.said('Sorry. TERMINATE'))],
    text: 'Sorry. TERMINATE',
    asked: ['a', 'a'],
  },
  'a tool that there is not goes back to the model': {
    a: (d) => [streaming(d.called('sing', '{"word":"la"}')), streaming(d.said('Sorry. TERMINATE'))],
    text: 'Sorry. TERMINATE',
    asked: ['a', 'a'],
  },
}

describe.concurrent.each(Object.entries(dialects))('%s', (_name, dialect) => {
  test.concurrent.each(Object.entries(rows))('%s', { timeout: 60_000 }, async (_what, row) => {
    await using held = await hold(dialect, row)
    const { run, server } = held
    const outcome = await run.then(
      (result) => ({ text: lines(result.chatHistory).at(-1)?.replace('assistant: ', '') }),
      (error: unknown) => ({ error }),
    )
    expect(outcome).toMatchObject(row.error ? { error: row.error } : { text: row.text })
    if ('error' in outcome) expect(outcome.error).toBeInstanceOf(ModelError)
    expect(server.asked).toEqual(row.asked)
    expect(layerEvents(held.events)).toEqual(row.events ?? [])
    const waits = layerEvents(held.events).filter((one) => typeof one === 'number')
    // Two clocks differ by a little.
    for (const [index, wait] of waits.entries()) expect(server.gapAfter(index)).toBeGreaterThan(wait - 5)
  })

  test.concurrent('calls that cannot be run are answered with what is wrong', async () => {
    const a = (d: Dialect): Behaviour[] => [
      streaming(d.called('say', '{"word":')),
      streaming(d.called('sing', '{"word":"la"}')),
      streaming(d.said('Sorry. TERMINATE')),
    ]
    await using held = await hold(dialect, { a })
    const { chatHistory } = await held.run
    expect(chatHistory.flatMap(({ toolResults = [] }) => toolResults)).toMatchObject([
      { name: 'say', isError: true },
      { name: 'sing', isError: true },
    ])
    expect(held.server.received.at(-1)?.body).toContain('sing')
  })

  test.concurrent('a run that is cancelled in mid-stream comes back with its reason, and the server sees it', async () => {
    const a = (d: Dialect): Behaviour[] => [streaming(d.begun('Hel', 'lo'), 'stall')]
    await using held = await hold(dialect, { a })
    const { run, server } = held
    await expect.poll(() => held.events.some(({ type }) => type === 'text-delta'), { timeout: 30_000 }).toBe(true)
    run.cancel('enough')
    await expect(run).rejects.toBe('enough')
    await server.received[0]?.hungUp
    expect(server.asked).toEqual(['a'])
    expect((await run.outcome).stopReason.rule).toBe('aborted')
  })

  test.concurrent('a run that is cancelled while it waits for a retry comes back at once', async () => {
    const a = (d: Dialect): Behaviour[] => [refusing(429, d.refusal('slow down'), { 'retry-after': '60' })]
    await using held = await hold(dialect, { a })
    const { run, server } = held
    await expect.poll(() => layerEvents(held.events), { timeout: 30_000 }).toEqual(['model-retry', 60_000])
    run.cancel('enough')
    await expect(run).rejects.toBe('enough')
    expect(server.asked).toEqual(['a'])
  })

  test.concurrent('a stalled call is closed, so that the provider sees it', { timeout: 60_000 }, async () => {
    const a = (d: Dialect): Behaviour[] => [streaming(d.begun('Hel'), 'stall')]
    await using held = await hold(dialect, { a, idleTimeoutMs: 1_000 })
    await expect(held.run).rejects.toMatchObject({ kind: 'timeout' })
    await held.server.received[0]?.hungUp
  })
})

test('the error of a list of models names each of them', async () => {
  const dialect = dialects['OpenAI chat completions']
  if (!dialect) throw new Error('The dialect is gone.')
  await using server = new FaultServer({
    a: [refusing(401, dialect.refusal('wrong key'))],
    b: [refusing(404, dialect.refusal('no such model'))],
  })
  const at = await server.listen()
  const model = [dialect.model(at('a')), dialect.model(at('b'))]
  const run = proxy().initiateChat(new AssistantAgent({ name: 'assistant', llmConfig: { model } }), { message: 'hi' })
  await expect(run).rejects.toThrow(
    'Model "openai.chat/m" failed with status 404: no such model (before that: Model "openai.chat/m" failed with status ' +
      '401: wrong key)',
  )
})

function layerEvents(events: readonly ChatEvent[]): (string | number)[] {
  return events.flatMap((event): (string | number)[] => {
    if (event.type === 'model-retry') return [event.type, event.waitMs]
    return event.type === 'model-fallback' ? [event.type] : []
  })
}
