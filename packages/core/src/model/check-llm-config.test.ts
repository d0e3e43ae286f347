import { expect, test } from 'vitest'
import type { LlmConfig } from '../ports/model.ts'
import { ScriptedModel } from '../testing/scripted-model.ts'
import { checkLlmConfig } from './check-llm-config.ts'
import { MemoryCache } from './memory-cache.ts'
import { RateLimiter } from './rate-limiter.ts'

const model = new ScriptedModel([])

test('a configuration with everything is taken', () => {
  const config: LlmConfig = {
    model: [
      model,
      'openai/gpt-5',
      { model, temperature: 1, retry: false, filter: () => true, price: { input: 1, output: 1 } },
    ],
    retry: { maxRetries: 0, initialDelayMs: 0, maxDelayMs: 0 },
    rateLimit: new RateLimiter({ requestsPerMinute: 1 }),
    cache: new MemoryCache(),
    filter: () => true,
    speakerNames: 'text',
  }
  expect(() => checkLlmConfig(config, 'a')).not.toThrow()
})

test.each<[object, string]>([
  [{ model: [] }, 'Agent "a" has an empty list of models. Give it one model or more.'],
  [{ model: [model, 'gpt-5'] }, 'Agent "a" has the model "gpt-5". Write provider and model, as in "openai/gpt-5".'],
  [{ model: [{ model: '' }] }, 'Agent "a" has the model "". Write provider and model'],
  [{ model: [{ model, cache: {} }] }, 'Model 1 of agent "a" has no option "cache".'],
  [{ model: [model, { model, retry: { tries: 1 } }] }, 'Retry in model 2 of agent "a" has no option "tries".'],
  [{ model, retry: true }, 'The options of retry in the llmConfig of agent "a" are true. Give an object.'],
  [{ model, retry: { maxRetries: -1 } }, 'Retry in the llmConfig of agent "a" has -1 as maxRetries.'],
  [{ model, rateLimit: 5 }, 'The rateLimit in the llmConfig of agent "a" is 5. Give a RateLimiter.'],
  [{ model, cache: true }, 'The cache in the llmConfig of agent "a" is true. Give a MemoryCache, or diskCache()'],
  [{ model, filter: 'yes' }, 'A filter in the llmConfig of agent "a" is "yes". Give a function of the answer.'],
])('the configuration %j is refused', (config, message) => {
  // What a caller without types may write.
  expect(() => checkLlmConfig(config as LlmConfig, 'a')).toThrow(message)
})
