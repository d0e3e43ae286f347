import { AssistantAgent, Conversation, type MessageDraft } from 'conversable'
import { expect, test } from 'vitest'
import { chance } from '../chance.ts'
import { PROVIDERS } from './providers.ts'
import { startStrictServer } from './strict-server.ts'

const TRANSCRIPTS = 40
const TEXTS = ['', ' ', 'Hello.', 'Words\n\nin two parts. ', 'TERMINATE']
const IDS = ['call_1', 'call_1', 'a b', 'x'.repeat(70), 'Abc123xyz', 'toolu_01']
const ORIGINS = [
  'openai.responses/gpt-5',
  'anthropic.messages/claude',
  'google.generative-ai/gemini-3-flash',
  undefined,
]

/** A transcript of an assistant, two others and somebody who runs tools, as histories, hooks and imports may leave it. */
function anyMessages(random: () => number): MessageDraft[] {
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)]
  return Array.from({ length: 1 + Math.floor(random() * 8) }, (_value, index): MessageDraft[] => {
    const name = pick(['assistant', 'assistant', 'bob', 'carol']) ?? 'bob'
    const model = pick(ORIGINS)
    const attached = model !== undefined && {
      providerMetadata: { conversable: { model }, google: { thoughtSignature: 'of another' } },
    }
    const text = pick(TEXTS) ?? ''
    const content =
      random() < 0.3
        ? [
            { type: 'reasoning' as const, text: 'Hm.', ...attached },
            { type: 'text' as const, text },
          ]
        : text
    if (random() < 0.6) return [{ name, content }]
    const calls = [
      {
        id: pick(IDS) ?? 'call',
        name: 'look',
        arguments: pick(['{}', '{"at":1}', 'broken']) ?? '{}',
        ...attached,
      },
    ]
    const result = { callId: calls[0]?.id ?? '', name: 'look', content: pick(TEXTS) ?? '', isError: random() < 0.3 }
    const answered = random() < 0.8 ? [{ name: 'user', toolResults: [result] }] : []
    return [
      { name, content, toolCalls: calls },
      ...answered,
      ...(index % 3 === 0 ? [{ name: 'user', content: pick(TEXTS) ?? '' }] : []),
    ]
  }).flat()
}

test.each(Object.entries(PROVIDERS))(
  `%s takes ${TRANSCRIPTS} random transcripts`,
  { timeout: 30_000 },
  async (_name, { provider, llmConfig }) => {
    await using server = await startStrictServer(provider(), () => ({ text: 'Yes.' }))
    for (let seed = 1; seed <= TRANSCRIPTS; seed++) {
      const random = chance(seed)
      const assistant = new AssistantAgent({
        name: 'assistant',
        isTerminationMsg: () => false,
        systemMessage: random() < 0.2 ? '' : 'You are the assistant.',
        llmConfig: llmConfig(server.url),
      })
      if (random() < 0.6)
        assistant.registerForLLM({
          name: 'look',
          description: 'Looks.',
          parameters: { type: 'object', properties: {} },
        })
      const conversation = new Conversation({ id: 'c', ...(random() < 0.5 && { group: 'chat_manager' }) })
      for (const draft of anyMessages(random)) conversation.append(draft.name ?? 'user', draft)
      // Calls that come last would be answered by the agent itself.
      if (conversation.lastMessage()?.toolCalls) conversation.append('bob', { content: 'Never mind.' })

      await assistant.replyTo(undefined, { conversation })

      expect(server.refusals, `seed ${seed}`).toEqual([])
    }
    expect(server.requests).toHaveLength(TRANSCRIPTS)
  },
)
