import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import type { ConfigEntry } from './config-entry.ts'
import { spelledOut } from './config-entry.ts'
import { modelsFromConfigList } from './models-from-config-list.ts'
import { recipeOf } from './provider-recipe.ts'

const recipe = (entry: ConfigEntry): object => recipeOf(spelledOut(entry), 'The entry')

test.each<[string, ConfigEntry, object]>([
  [
    'OpenAI, by default',
    { model: 'gpt-5', api_key: 'k', organization: 'o' },
    {
      packageName: '@ai-sdk/openai',
      create: 'createOpenAI',
      provider: 'openai.responses',
      modelId: 'gpt-5',
      settings: { apiKey: 'k', organization: 'o' },
    },
  ],
  [
    'a server that speaks as OpenAI does, without a key of OpenAI',
    { model: 'llama', base_url: 'http://127.0.0.1:8000/v1' },
    {
      packageName: '@ai-sdk/openai',
      create: 'createOpenAI',
      method: 'chat',
      provider: '127-0-0-1-8000.chat',
      modelId: 'llama',
      endpoint: 'http://127.0.0.1:8000/v1',
      settings: { apiKey: 'none', baseURL: 'http://127.0.0.1:8000/v1', name: '127-0-0-1-8000' },
    },
  ],
  [
    'OpenAI itself, by its address',
    { model: 'gpt-5', baseURL: 'https://api.openai.com/v1' },
    {
      packageName: '@ai-sdk/openai',
      create: 'createOpenAI',
      provider: 'openai.responses',
      modelId: 'gpt-5',
      endpoint: 'https://api.openai.com/v1',
      settings: { baseURL: 'https://api.openai.com/v1' },
    },
  ],
  [
    'Azure as AutoGen has it: deployments of a resource',
    {
      model: 'gpt-4.1',
      api_type: 'azure',
      base_url: 'https://me.openai.azure.com/',
      api_version: '2024-02-01',
      api_key: 'k',
      azure_deployment: 'my.dep',
    },
    {
      packageName: '@ai-sdk/azure',
      create: 'createAzure',
      method: 'chat',
      provider: 'azure.chat',
      modelId: 'my.dep',
      endpoint: 'https://me.openai.azure.com/',
      settings: {
        apiKey: 'k',
        baseURL: 'https://me.openai.azure.com/openai',
        apiVersion: '2024-02-01',
        useDeploymentBasedUrls: true,
      },
    },
  ],
  [
    'Bedrock',
    { model: 'm', apiType: 'bedrock', aws_region: 'eu-west-1', aws_access_key: 'a', aws_secret_key: 's' },
    {
      packageName: '@ai-sdk/amazon-bedrock',
      create: 'createAmazonBedrock',
      provider: 'amazon-bedrock',
      modelId: 'm',
      settings: { region: 'eu-west-1', accessKeyId: 'a', secretAccessKey: 's' },
    },
  ],
  [
    'Ollama',
    { model: 'llama3.2', api_type: 'ollama' },
    {
      packageName: '@ai-sdk/openai',
      create: 'createOpenAI',
      method: 'chat',
      provider: 'ollama.chat',
      modelId: 'llama3.2',
      settings: { apiKey: 'none', baseURL: 'http://localhost:11434/v1', name: 'ollama' },
    },
  ],
  [
    'Anthropic',
    { model: 'claude-sonnet-4-5', apiType: 'anthropic', apiKey: 'k', default_headers: { a: 'b' } },
    {
      packageName: '@ai-sdk/anthropic',
      create: 'createAnthropic',
      provider: 'anthropic.messages',
      modelId: 'claude-sonnet-4-5',
      settings: { apiKey: 'k', headers: { a: 'b' } },
    },
  ],
])('an entry means %s', (_what, entry, expected) => {
  expect(recipe(entry)).toEqual(expected)
})

test('what an entry says of a request becomes settings of its model', () => {
  const filter = (): boolean => true
  const [entry] = modelsFromConfigList([
    {
      model: 'gpt-5',
      tags: ['x'],
      price: [0.001, 0.002],
      timeout: 1.5,
      max_retries: 5,
      max_tokens: 10,
      top_p: 0.5,
      temperature: 0,
      stop: 'END',
      seed: 7,
      filter_func: filter,
    },
  ])
  const { model, ...settings } = entry ?? { model: '' }
  expect(model).toMatchObject({ provider: 'openai.responses', modelId: 'gpt-5' })
  expect(settings).toEqual({
    price: { input: 1, output: 2 },
    timeoutMs: 1_500,
    retry: { maxRetries: 5 },
    maxOutputTokens: 10,
    topP: 0.5,
    temperature: 0,
    stopSequences: ['END'],
    seed: 7,
    filter,
  })
})

test('one price is for both directions, and a price of this library stays', () => {
  const entries = modelsFromConfigList([
    { model: 'a', price: 0.001 },
    { model: 'b', price: { input: 3, output: 4, cachedInput: 1 } },
  ])
  expect(entries.map(({ price }) => price)).toEqual([
    { input: 1, output: 1 },
    { input: 3, output: 4, cachedInput: 1 },
  ])
})

test('the list is left as it was, and a limit of calls survives in the entry', () => {
  const list = Object.freeze([Object.freeze({ model: 'a', api_rate_limit: 5 })])
  expect(modelsFromConfigList(list)[0]?.rateLimit).toBeDefined()
  expect(list).toEqual([{ model: 'a', api_rate_limit: 5 }])
})

test('a key is shown neither by JSON nor by a log', () => {
  const models = modelsFromConfigList([{ model: 'a', apiKey: 'sk-canary' }])
  expect(JSON.stringify(models) + inspect(models, { depth: 10, showHidden: true })).not.toContain('canary')
})

test.each<[unknown, string]>([
  [{ model: 'a' }, 'The list of models is no list. Write one, as in [{ "model": "gpt-5" }].'],
  [['gpt-5'], 'The list of models has no object as entry 1. Write one, as in { "model": "gpt-5" }.'],
  [[{ model: 'a' }, { model: '' }], 'The list of models has "" as model of entry 2. Give its name.'],
  [[{ apiKey: 'sk-canary' }], 'The list of models has undefined as model of entry 1. Give its name.'],
  [
    [{ model: 'a', apiKye: 'sk-canary' }],
    'Entry 1 of the list of models has no option "apiKye". Did you mean "apiKey"?',
  ],
  [
    [{ model: 'a', apiType: 'acme' }],
    'Entry 1 of the list of models has "acme" as apiType. It is one of openai, azure',
  ],
  [[{ model: 'a', apiType: '__proto__' }], 'has "__proto__" as apiType.'],
  [[{ model: 'a', baseURL: 'user:sk-canary@host' }], 'has a baseURL that is no address.'],
  [[{ model: 'a', baseURL: 'file:///etc/passwd' }], 'has a baseURL that is no address.'],
  [[{ model: 'a', price: 'free' }], 'has "free" as price. Give { input, output }'],
  [[{ model: 'a', temperature: '0' }], 'has "0" as temperature. Give a number from 0.'],
  [[{ model: 'a', cache_seed: 41 }], 'has "cacheSeed". Give llmConfig a cache: diskCache({ seed: 41 })'],
  [[{ model: 'a', model_client_cls: 'Mine' }], 'has "modelClientCls". Put an object that implements LanguageModelV4'],
])('the list %j is refused', (list, message) => {
  let refusal = ''
  try {
    // What a caller without types may write.
    modelsFromConfigList(list as ConfigEntry[])
  } catch (error) {
    refusal = String(error)
  }
  expect(refusal).toContain(message)
  expect(refusal).not.toContain('canary')
})
