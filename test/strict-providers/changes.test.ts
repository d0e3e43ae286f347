import {
  AssistantAgent,
  Conversation,
  textOf,
  tool,
  UserProxyAgent,
  type ConversationState,
  type LlmConfig,
  type ModelEntry,
} from 'conversable'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { PROVIDERS, scriptFor, type Provided } from './providers.ts'
import { Refusal } from './refusal.ts'
import { startStrictServer, type Script, type StrictProvider, type StrictServer } from './strict-server.ts'

const TOWNS: Readonly<Record<string, string>> = { Paris: 'sun', Rome: 'rain' }
/** Whether what a model says is stored with OpenAI must not be changed in a conversation: it would refer to nothing. */
const names = Object.keys(PROVIDERS).filter((name) => name !== 'OpenAI responses without storage')

const weather = tool({
  name: 'weather',
  description: 'Says what the weather is like.',
  parameters: z.object({ town: z.string() }),
  execute: ({ town }) => TOWNS[town] ?? 'fog',
})

/** Two agents, one of them with a model. */
function pair(llmConfig: LlmConfig): { readonly user: UserProxyAgent; readonly assistant: AssistantAgent } {
  const assistant = new AssistantAgent({ name: 'assistant', llmConfig })
  const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER' })
  assistant.registerForLLM(weather)
  user.registerForExecution(weather)
  return { user, assistant }
}

/** Looks at both towns at once, and tells what it saw. */
function script(): Script {
  let turn = 0
  return () =>
    turn++ % 2 === 0
      ? {
          thought: 'I look.',
          text: 'Let me see.',
          calls: Object.keys(TOWNS).map((town) => ({ name: weather.name, arguments: { town } })),
        }
      : { thought: 'Now I know.', text: 'Sun and rain.' }
}

/** As another script, as often as it is asked; from then on the model is overloaded. */
function overloadedAfter(times: number, said: Script): Script {
  let turn = 0
  return (asked) => {
    if (turn++ >= times) throw new Refusal('Overloaded', 503)
    return said(asked)
  }
}

/** Starts servers of providers, each of which remembers what it said, whatever server it is asked through. */
function starter(): (name: string, said?: Script) => Promise<StrictServer & { readonly llmConfig: ModelEntry }> {
  const known = new Map<Provided['provider'], StrictProvider>()
  return async (name, said = script()) => {
    const provided = PROVIDERS[name] ?? failed(name)
    const { provider, llmConfig } = provided
    const one = known.get(provider) ?? provider()
    known.set(provider, one)
    const server = await startStrictServer(one, scriptFor(provided, said))
    return { ...server, llmConfig: llmConfig(server.url) }
  }
}

function failed(name: string): never {
  throw new Error(`There is no provider ${name}.`)
}

/** A conversation as it comes out of a file. */
function stored(state: ConversationState): ConversationState {
  // JSON data is the same behind JSON.
  return JSON.parse(JSON.stringify(state)) as ConversationState
}

test.each([
  ['in order', names],
  ['in the order turned round', names.toReversed()],
])(
  'a conversation that is saved goes on with one provider after the other, %s',
  { timeout: 30_000 },
  async (_order, order) => {
    const started = starter()
    let state: ConversationState = { id: 'c' }
    for (const name of order) {
      await using server = await started(name)
      const { user, assistant } = pair(server.llmConfig)
      const conversation = new Conversation(stored(state))
      const result = await user.initiateChat(assistant, { message: 'How is the weather?', maxTurns: 2, conversation })
      expect(server.refusals, name).toEqual([])
      expect(result.summary).toBe('Sun and rain.')
      state = result.conversation.toJSON()
    }
    expect(state.messages).toHaveLength(4 * order.length)
  },
)

describe('calls are taken up where they were left', () => {
  test.each(names)('by every model, where %s made them', { timeout: 30_000 }, async (name) => {
    const started = starter()
    await using server = await started(name)
    const { user, assistant } = pair(server.llmConfig)
    const { conversation } = await user.initiateChat(assistant, { message: 'How is the weather?', maxTurns: 2 })
    const { messages = [], ...state } = stored(conversation.toJSON())
    for (const next of names) {
      await using other = await started(next)
      const again = pair(other.llmConfig)
      const left = new Conversation({ ...state, messages: messages.slice(0, 3) })
      const reply = await again.assistant.replyTo(undefined, { conversation: left, sender: again.user })
      expect(other.refusals, next).toEqual([])
      expect(textOf(typeof reply === 'object' ? reply : { content: reply ?? '' })).toBe('Let me see.')
    }
  })
})

test.each(names.map((name, index) => [name, names[(index + 5) % names.length] ?? name] as const))(
  'a list of models goes on between a call and its answer: from %s to %s',
  { timeout: 30_000 },
  async (first, second) => {
    const started = starter()
    await using overloaded = await started(first, overloadedAfter(1, script()))
    // It has seen the call, so it comes to the point.
    const said = script()
    said({ model: '', system: '', body: '', tools: [], json: false })
    await using sound = await started(second, said)
    const { user, assistant } = pair({ model: [overloaded.llmConfig, sound.llmConfig], retry: false })

    const result = await user.initiateChat(assistant, { message: 'How is the weather?', maxTurns: 2 })

    expect(result.summary).toBe('Sun and rain.')
    expect([overloaded.refusals, sound.refusals]).toEqual([['Overloaded'], []])
  },
)
