import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { AssistantAgent, tool, type ChatEvent, type ModelCache } from 'conversable'
import { TapePlayer, TapeRecorder } from 'conversable/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { isLoopback, setTripwire } from '../tripwire.ts'
import { loopbackProvider } from './loopback-provider.ts'
import { proxy, scripted } from './support.ts'

afterEach(() => vi.unstubAllEnvs())

const KEY = 'canary-key-of-the-provider'
const TOKEN = 'canary-token-of-the-tool'
const IN_ENVIRONMENT = 'canary-in-the-environment'

/** A service that wants a token, and a tool that has it. */
async function service() {
  const seen: (string | undefined)[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers['x-service-token']?.toString())
    response.end('sunny')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const weather = tool({
    name: 'weather',
    description: 'Tells the weather.',
    parameters: z.object({}),
    execute: async () => {
      const headers = { 'x-service-token': TOKEN, connection: 'close' }
      return (await fetch(`http://127.0.0.1:${port}`, { headers })).text()
    },
  })
  return { weather, seen, close: () => server.close() }
}

test('keys, tokens and the environment are in no event, result, error, cache or tape, and only the hosts that were given are reached', async () => {
  vi.stubEnv('OPENAI_API_KEY', IN_ENVIRONMENT)
  const provider = await loopbackProvider(KEY)
  const { weather, seen, close } = await service()
  const tripwire = setTripwire(isLoopback)
  const answers = new Map<string, string>()
  const cache: ModelCache = {
    seed: 1,
    pending: new Map(),
    get: (key) => answers.get(key),
    set: (key, answer) => void answers.set(key, answer),
  }
  const agent = new AssistantAgent({
    name: 'assistant',
    // The script is used up at the third request: the server answers with an error, and is asked twice again.
    llmConfig: {
      cache,
      model: provider.model('m', [{ toolCalls: [{ id: 'w', name: 'weather' }] }, 'It is sunny.']),
      retry: { initialDelayMs: 1 },
    },
  })
  agent.registerForLLM(weather)
  const recorder = new TapeRecorder()
  const events: ChatEvent[] = []
  const run = proxy({ defaultAutoReply: 'And tomorrow?' })
    .registerForExecution(weather)
    .initiateChat(agent, { message: 'What is the weather?', runtime: recorder })
    .subscribe((event) => events.push(event))
  const error = await run.then(undefined, (thrown: unknown) => thrown)
  const result = await run.outcome
  tripwire.remove()
  close()
  await provider.close()

  expect(provider.requests.map(({ authorization }) => authorization)).toEqual(Array(5).fill(`Bearer ${KEY}`))
  expect(seen).toEqual([TOKEN])
  expect(error).toMatchObject({ code: 'model', message: expect.stringContaining('is used up') })
  expect(answers.size).toBe(2)
  const kept = { events, result, error, answers, conversation: result.conversation.toJSON(), tape: recorder.text() }
  for (const [name, value] of Object.entries(kept))
    expect(inspect(value, { depth: Infinity, showHidden: true }), name).not.toContain('canary')
  expect(new Set(tripwire.allowed)).toEqual(new Set(['127.0.0.1']))
})

test('a secret that a model, a tool and a person speak out is not on the tape, which is played all the same', async () => {
  vi.stubEnv('SERVICE_TOKEN', IN_ENVIRONMENT)
  const reveal = tool({
    name: 'reveal',
    description: 'Reveals.',
    parameters: z.object({ password: z.string() }),
    execute: () => ({ environment: IN_ENVIRONMENT, header: { authorization: 'canary' } }),
  })
  const play = (runtime: TapeRecorder | TapePlayer, said: string) => {
    const { agent } = scripted('assistant', [
      { text: `My key is ${KEY}.`, toolCalls: [{ id: 'r', name: 'reveal', arguments: { password: 'canary' } }] },
      'Thank you. TERMINATE',
      'Noted.',
    ])
    agent.registerForLLM(reveal)
    const user = proxy({ humanInputMode: 'TERMINATE', humanInput: () => said }).registerForExecution(reveal)
    const run = user.initiateChat(agent, { message: `Use ${KEY}.`, runtime, maxTurns: 3 })
    const types: string[] = []
    run.subscribe((event) => types.push(event.type))
    return run.then((result) => ({ result, types }))
  }
  const recorder = new TapeRecorder({ secrets: [KEY] })
  const recorded = await play(recorder, `${KEY} is it`)
  expect(JSON.stringify(recorded.result)).toContain(KEY)
  expect(recorder.text()).not.toContain('canary')
  expect(recorder.text()).toContain('"My key is [redacted]."')
  vi.unstubAllEnvs()
  const player = new TapePlayer(recorder.text())
  const played = await play(player, 'not asked')
  player.assertUsedUp()
  expect(played.types).toEqual(recorded.types)
})
