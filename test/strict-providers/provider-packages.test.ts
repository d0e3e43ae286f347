import { anthropic } from '@ai-sdk/anthropic'
import { deepseek } from '@ai-sdk/deepseek'
import { google } from '@ai-sdk/google'
import { mistral } from '@ai-sdk/mistral'
import { openai } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { LanguageModelV4 } from '@ai-sdk/provider'
import { ollama } from 'ollama-ai-provider-v2'
import { expect, test, vi } from 'vitest'
import { AssistantAgent } from 'conversable'
import { resolveModel } from '../../packages/core/src/model/resolve-model.ts'
import { ollama as strictOllama } from './ollama.ts'
import { startStrictServer } from './strict-server.ts'

test.each<[string, LanguageModelV4]>([
  ['openai/gpt-5', openai('gpt-5')],
  ['anthropic/claude-sonnet-4-5', anthropic('claude-sonnet-4-5')],
  ['google/gemini-2.5-flash', google('gemini-2.5-flash')],
  ['mistral/mistral-large-latest', mistral('mistral-large-latest')],
  ['deepseek/deepseek-reasoner', deepseek('deepseek-reasoner')],
  ['ollama/llama3.2', ollama('llama3.2')],
])('the text %s is the model that its provider package gives', async (text, model) => {
  const resolved = await resolveModel(text)

  expect([resolved.provider, resolved.modelId]).toEqual([model.provider, model.modelId])
})

test('an object of a provider package is taken as it is', () => {
  const model = createOpenAICompatible({ name: 'local', baseURL: 'http://127.0.0.1:8080/v1' })('smollm2')

  expect(resolveModel(model)).toBe(model)
})

test('the text ollama/llama3.2 asks the Ollama of this machine', async () => {
  await using server = await startStrictServer(strictOllama(), () => ({ text: 'Hello.' }))
  const asked: string[] = []
  const { fetch } = globalThis
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push(url)
    return fetch(url.replace('http://127.0.0.1:11434', server.url), init)
  })
  try {
    const assistant = new AssistantAgent({ name: 'assistant', llmConfig: { model: 'ollama/llama3.2' } })

    expect(await assistant.replyTo('Hi.')).toMatchObject({ content: 'Hello.' })
    expect(asked).toEqual(['http://127.0.0.1:11434/api/chat'])
    expect(server.refusals).toEqual([])
  } finally {
    vi.unstubAllGlobals()
  }
})
