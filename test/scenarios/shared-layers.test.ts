import { AssistantAgent, MemoryCache, RateLimiter, type LlmConfig, type ModelCache } from 'conversable'
import { ScriptedModel } from 'conversable/testing'
import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { proxy } from './support.ts'

const canaryOf = (text: string): string => /canary-\d+/.exec(text)?.[0] ?? 'none'
const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

test('five hundred strangers share a list of models, a cache and a limit, and see nothing of one another', async () => {
  const kept = new Map<string, string>()
  const cache: ModelCache = {
    seed: 1,
    pending: new Map(),
    get: (key) => kept.get(key),
    set: (key, answer) => void kept.set(key, answer),
  }
  const failing = new ScriptedModel(() => ({ error: 'no', status: 401 }), { modelId: 'failing' })
  const model = new ScriptedModel(({ prompt }) => ({ text: `It is ${canaryOf(JSON.stringify(prompt))}.` }))
  const assistant = new AssistantAgent({
    name: 'assistant',
    llmConfig: { model: [failing, model], cache, rateLimit: new RateLimiter({ requestsPerMinute: 10_000 }) },
  })
  // Every question twice: half of the answers come from the cache, or from a call under way.
  const asked = Array.from({ length: 1_000 }, async (_none, index) => {
    const mine = `canary-${index % 500}`
    const events: unknown[] = []
    const run = proxy().initiateChat(assistant, { message: `Keep ${mine} to yourself.`, maxTurns: 1 })
    const result = await run.subscribe((event) => void events.push(event))
    return { mine, seen: JSON.stringify([events, result.chatHistory, result.summary]), calls: result.usage.calls }
  })
  const results = await Promise.all(asked)
  for (const { mine, seen } of results) expect(new Set(seen.match(/canary-\d+/g))).toEqual(new Set([mine]))
  expect(model.requests).toHaveLength(500)
  expect(results.filter(({ calls }) => calls === 0)).toHaveLength(500)
  for (const answer of kept.values()) expect(new Set(answer.match(/canary-\d+/g)).size).toBe(1)
  expect([...kept.keys()].join()).not.toContain('canary')
  expect(cache.pending.size).toBe(0)
})

const never = (): ScriptedModel => {
  const model = new ScriptedModel([])
  model.doStream = () => new Promise(() => {})
  return model
}

describe.each<[string, () => LlmConfig]>([
  [
    'for a retry',
    () => ({ model: new ScriptedModel(() => ({ error: 'busy', status: 503 })), retry: { initialDelayMs: 60_000 } }),
  ],
  ['for its turn', () => ({ model: never(), rateLimit: new RateLimiter({ minIntervalMs: 60_000 }) })],
  ['for the same question of another', () => ({ model: never(), cache: new MemoryCache() })],
  ['for the second model', () => ({ model: [new ScriptedModel(() => ({ error: 'no', status: 401 })), never()] })],
  ['for an answer that is held back', () => ({ model: never(), filter: () => true })],
])('a hundred runs on one signal that wait %s', (_what, llmConfig) => {
  test('come back with its reason, and leave no listener and no timer', async () => {
    const controller = new AbortController()
    const assistant = new AssistantAgent({ name: 'assistant', llmConfig: llmConfig() })
    const before = timers()
    const runs = Array.from({ length: 100 }, () =>
      proxy().initiateChat(assistant, { message: 'Hello?', signal: controller.signal }),
    )
    const outcomes = Promise.allSettled(runs)
    await new Promise((resolve) => setTimeout(resolve, 50))
    controller.abort('enough')
    expect(new Set((await outcomes).map((outcome) => outcome.status === 'rejected' && outcome.reason))).toEqual(
      new Set(['enough']),
    )
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    expect(timers()).toBeLessThanOrEqual(before)
  })
})
