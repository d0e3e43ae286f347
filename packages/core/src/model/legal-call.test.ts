import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { ScriptedModel } from '../testing/scripted-model.ts'
import type { Message } from '../message.ts'
import { legalCall } from './legal-call.ts'
import { promptFor } from './prompt.ts'
import { promptRulesOf } from './prompt-rules.ts'
import { chance } from '../../../../test/chance.ts'
import { partsOfCall } from '../../../../test/parts-of-call.ts'

/** A scripted model that goes by the name of a provider. */
function modelOf(provider: string): { readonly model: LanguageModelV4; readonly scripted: ScriptedModel } {
  const scripted = new ScriptedModel(() => ({ reasoning: 'Hm.', text: 'Yes.', toolCalls: [{ id: 'c', name: 'look' }] }))
  const model: LanguageModelV4 = {
    specificationVersion: 'v4',
    provider,
    modelId: 'model',
    supportedUrls: {},
    doGenerate: () => scripted.doGenerate(),
    doStream: (options) => scripted.doStream(options),
  }
  return { model, scripted }
}

function partsOf(model: LanguageModelV4): Promise<LanguageModelV4StreamPart[]> {
  return partsOfCall(legalCall(model), { prompt: [{ role: 'system', content: 'S' }] })
}

test.each([
  ['openai.chat', 'free'],
  ['openai.responses', 'free'],
  ['azure.responses', 'free'],
  ['anthropic.messages', 'strict'],
  ['googleVertex.anthropic.messages', 'strict'],
  ['amazon-bedrock', 'strict'],
  ['google.generative-ai', 'strict'],
  ['google.vertex.chat', 'strict'],
  ['mistral.chat', 'strict'],
  ['ollama.responses', 'strict'],
  ['deepseek.chat', 'joined'],
  ['groq.chat', 'joined'],
  ['my-server.chat', 'joined'],
  ['scripted', undefined],
])('the messages of %s take turns: %s', (provider, turns) => {
  expect(promptRulesOf(provider)?.turns).toBe(turns)
})

test('a provider that is not known gets prompts as they are, and its answers stay as they are', async () => {
  const { model, scripted } = modelOf('unheard-of')
  const parts = await partsOf(model)
  expect(scripted.prompts).toEqual([[{ role: 'system', content: 'S' }]])
  expect(parts.some((part) => 'providerMetadata' in part)).toBe(false)
})

test('thoughts and calls note which model they came from', async () => {
  const { model } = modelOf('anthropic.messages')
  const noted = (await partsOf(model)).flatMap((part) =>
    'providerMetadata' in part ? [[part.type, part.providerMetadata]] : [],
  )
  const origin = { conversable: { model: 'anthropic.messages/model' } }
  expect(noted).toEqual([
    ['reasoning-start', origin],
    ['tool-call', origin],
  ])
})

/** A message of somebody, and results behind calls. */
function randomMessages(random: () => number, index: number): Message[] {
  const name = ['me', 'bob', 'carol'][Math.floor(random() * 3)] ?? 'bob'
  const id = `c/${index}`
  const content = random() < 0.2 ? '' : `words ${index}`
  if (random() < 0.7) return [{ id, name, content }]
  const call = { id: `call ${index % 3}`, name: 'look', arguments: '{}' }
  const result = { callId: call.id, name: call.name, content: 'seen', isError: false }
  return [
    { id, name, content, toolCalls: [call] },
    { id: `${id}b`, name: 'user', content: '', toolResults: [result] },
  ]
}

test.each(['anthropic.messages', 'mistral.chat', 'deepseek.chat', 'openai.chat'])(
  'what was sent to %s stays the beginning of what is sent, over 300 transcripts',
  async (provider) => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = chance(seed)
      const { model, scripted } = modelOf(provider)
      const messages: Message[] = []
      for (let turn = 0; turn < 6; turn++) {
        const others = Array.from({ length: Math.floor(random() * 4) }, (_value, index) =>
          randomMessages(random, turn * 10 + index),
        )
        messages.push(...others.flat())
        const options = {
          prompt: promptFor('me', messages),
          tools: [{ type: 'function' as const, name: 'look', inputSchema: {} }],
        }
        await partsOfCall(legalCall(model), options)
        messages.push({ id: `c/${turn}`, name: 'me', content: `answer ${turn}` })
      }
      const sent = scripted.prompts.map((prompt) => prompt.map(asText).join('\n'))
      for (const [index, text] of sent.slice(1).entries())
        expect(text.startsWith(sent[index] ?? '?'), `seed ${seed}`).toBe(true)
    }
  },
)

function asText({ role, content }: { readonly role: string; readonly content: unknown }): string {
  const texts = Array.isArray(content)
    ? content.map((part: object) => ('text' in part ? part.text : JSON.stringify(part)))
    : [content]
  return `${role}: ${texts.join(' ')}`
}
