import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { tokenBound, tokenBoundOfMessage } from './token-bound.ts'

const user = (text: string): LanguageModelV4Prompt[number] => ({ role: 'user', content: [{ type: 'text', text }] })

test.each([
  { text: '', bound: 32 },
  { text: 'hello', bound: 37 },
  { text: 'größer', bound: 40 },
  { text: '日本', bound: 38 },
  { text: '🙂', bound: 36 },
])('a message of "$text" is bounded by its bytes and two frames: $bound tokens', ({ text, bound }) => {
  expect(tokenBoundOfMessage(user(text))).toBe(bound)
})

test('a request is bounded by its messages, its tools and the schema of its answer', () => {
  const tool = {
    type: 'function' as const,
    name: 'add',
    description: 'Adds.',
    inputSchema: { type: 'object' as const },
  }
  const responseFormat = { type: 'json' as const, schema: { type: 'object' as const } }

  const bound = tokenBound({
    prompt: [{ role: 'system', content: 'Be kind.' }, user('hello')],
    tools: [tool],
    responseFormat,
  })

  expect(bound).toBe(
    16 + (16 + 8) + 37 + (16 + JSON.stringify(tool).length) + (16 + JSON.stringify(responseFormat).length),
  )
})

test('a picture counts as a file, however many bytes it has', () => {
  const data = { type: 'data' as const, data: 'A'.repeat(1_000_000) }
  const message = { role: 'user' as const, content: [{ type: 'file' as const, mediaType: 'image/png', data }] }

  expect(tokenBoundOfMessage(message)).toBe(16 + 16 + 8_192)
})
