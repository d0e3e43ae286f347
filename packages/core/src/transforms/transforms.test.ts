import { expect, test } from 'vitest'
import { ConversableAgent } from '../conversable-agent.ts'
import { Conversation } from '../conversation.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { EventBody } from '../event.ts'
import { GroupChatManager } from '../group-chat-manager.ts'
import { textOf, type Message, type MessageDraft } from '../message.ts'
import { ScriptedModel } from '../testing/scripted-model.ts'
import { MessageHistoryLimiter } from './message-history-limiter.ts'
import { MessageTokenLimiter, type MessageTokenLimiterOptions } from './message-token-limiter.ts'
import { TextMessageContentName, type TextMessageContentNameOptions } from './text-message-content-name.ts'
import { TransformMessages, type MessageTransform } from './transform-messages.ts'

/** Every word is a token. */
const words = { count: (text: string) => text.split(/\s+/).filter((word) => word !== '').length }

/** Messages of four words each: `u` of another agent, `a` of the agent's own, `c` with a call, `r` that answers it. */
function history(roles: string): readonly Message[] {
  const conversation = new Conversation({ id: 'c' })
  for (const [index, role] of roles.split(' ').entries()) {
    if (role !== '') conversation.append(role === 'u' ? 'user' : 'agent', draftOf(role, index))
  }
  return conversation.messages
}

function draftOf(role: string, index: number): MessageDraft {
  const text = `${role}${index} two three four`
  if (role === 'c') return { toolCalls: [{ id: `call_${index}`, name: 'look', arguments: '{}' }] }
  if (role === 'r')
    return { toolResults: [{ callId: `call_${index - 1}`, name: 'look', content: text, isError: false }] }
  return { content: text }
}

/** Which messages these are, as `u0 c1 r2`. */
function spelled(messages: readonly Message[]): string {
  return messages
    .map(({ id, name, toolCalls, toolResults }) => {
      const role = toolCalls ? 'c' : toolResults ? 'r' : name === 'user' ? 'u' : 'a'
      return `${role}${id.slice(id.indexOf('/') + 1)}`
    })
    .join(' ')
}

/** The texts of messages, answers of tools included. */
function texts(messages: readonly Message[]): string[] {
  return messages.map(textOf)
}

/** What an agent with a transform sees of a conversation, and what was told of it. */
async function seenThrough(
  transforms: readonly MessageTransform[],
  messages: readonly Message[],
): Promise<{ readonly seen: readonly Message[]; readonly events: EventBody[] }> {
  let seen: readonly Message[] = []
  const agent = new ConversableAgent({ name: 'agent', humanInputMode: 'NEVER' })
  agent.registerReply(undefined, (turn) => {
    seen = turn.messages
    return { message: 'seen' }
  })
  new TransformMessages({ transforms }).addToAgent(agent)
  const events: EventBody[] = []
  const run = agent.replyTo(undefined, { conversation: new Conversation({ id: 'c', messages }) })
  run.subscribe((event) => void events.push(event))
  await run
  return { seen, events }
}

/**
 * The table of AutoGen 0.2.40, with what is seen there and here. `u` is a message of another agent, `a` one of the
 * agent's own, `c` one with calls (in AutoGen an `a` like any other), `r` the answers to them (there one message for each
 * call, here one for all).
 */
test.each([
  { roles: 'u a u a', options: { maxMessages: 2 }, there: 'u2 a3', here: 'u2 a3' },
  { roles: 'u a u a', options: { maxMessages: 2, keepFirstMessage: true }, there: 'u0 a3', here: 'u0 a3' },
  // The last message is what is to be replied to.
  { roles: 'u a', options: { maxMessages: 1, keepFirstMessage: true }, there: 'u0', here: 'a1' },
  { roles: 'u c r u', options: { maxMessages: 2 }, there: 'u3', here: 'u3' },
  // The newest message of the user is lost there.
  { roles: 'u c r u', options: { maxMessages: 3 }, there: 'r3', here: 'c1 r2 u3' },
  { roles: 'u c r', options: { maxMessages: 1 }, there: 'a crash', here: 'c1 r2' },
  { roles: 'u c r', options: { maxMessages: 2 }, there: 'nothing', here: 'c1 r2' },
  { roles: 'u a u a', options: { maxMessages: 4 }, there: 'u0 a1 u2 a3', here: 'u0 a1 u2 a3' },
  { roles: 'u c r u c r', options: { maxMessages: 4 }, there: 'c1 …', here: 'u3 c4 r5' },
  { roles: 'u c r u c r', options: { maxMessages: 4, keepFirstMessage: true }, there: 'u0 …', here: 'u0 u3 c4 r5' },
  { roles: 'c r u a u', options: { maxMessages: 3, keepFirstMessage: true }, there: 'c0 …', here: 'c0 r1 u4' },
  { roles: 'c r u a u', options: { maxMessages: 2, keepFirstMessage: true }, there: 'c0 u4', here: 'a3 u4' },
  { roles: 'u a u c', options: { maxMessages: 2 }, there: 'u2 a3', here: 'u2 c3' },
  { roles: '', options: { maxMessages: 2 }, there: 'a crash', here: '' },
])('of "$roles", with $options, "$here" is seen', ({ roles, options, here }) => {
  const messages = history(roles)
  const seen = new MessageHistoryLimiter(options).applyTransform(messages)
  expect(spelled(seen)).toBe(here)
  for (const message of seen) expect(messages).toContain(message)
})

test.each([0, -1, 1.5, '3'])('%j is refused as a number of messages', (maxMessages) => {
  expect(() => new MessageHistoryLimiter({ maxMessages: maxMessages as number })).toThrow(ConfigurationError)
})

test('what it did is told as AutoGen tells it', () => {
  const limiter = new MessageHistoryLimiter({ maxMessages: 2 })
  const messages = history('u a u a u')
  expect(limiter.getLogs(messages, limiter.applyTransform(messages))).toBe(
    'Removed 3 messages. Number of messages reduced from 5 to 2.',
  )
  expect(limiter.getLogs(messages, messages)).toBeUndefined()
})

/** AutoGen's table; three messages of four tokens each unless it says otherwise. */
test.each([
  // There the newest message alone, since no limit for each message makes the room negative at once.
  { options: { maxTokens: 10 }, there: '4', here: '2 4 4' },
  { options: { maxTokens: 10, maxTokensPerMessage: 4 }, there: '2 4 4', here: '2 4 4' },
  // There with an empty message in front.
  { options: { maxTokens: 8, maxTokensPerMessage: 4 }, there: '0 4 4', here: '4 4' },
  { options: { maxTokens: 9, maxTokensPerMessage: 2 }, there: '2 2 2', here: '2 2 2' },
  { options: { maxTokensPerMessage: 3 }, there: '3 3 3', here: '3 3 3' },
  { options: { maxTokens: 3 }, there: '3', here: '3' },
  { options: { maxTokens: 10, minTokens: 8 }, there: '4', here: '2 4 4' },
  { options: { maxTokensPerMessage: 1, minTokens: 13 }, there: '4 4 4', here: '4 4 4' },
  { options: {}, there: '4 4 4', here: '4 4 4' },
])('with $options, three messages of four tokens have "$here"', async ({ options, here }) => {
  const limiter = new MessageTokenLimiter({ ...options, tokenCounter: words })
  const { seen } = await seenThrough([limiter], history('u a u'))
  expect(texts(seen).map(words.count).join(' ')).toBe(here)
})

// A call takes two tokens, and its answer four.
test.each([
  { roles: 'u c r u', maxTokens: 10, here: ['', 'r2 two three four', 'u3 two three four'] },
  { roles: 'u c r u', maxTokens: 8, here: ['', 'r2 two', 'u3 two three four'] },
  { roles: 'u c r u', maxTokens: 6, here: ['u3 two three four'] },
  { roles: 'u c r u', maxTokens: 5, here: ['u3 two three four'] },
  { roles: 'u c r', maxTokens: 4, here: ['', 'r2 two'] },
  { roles: 'u c r', maxTokens: 1, here: ['', ''] },
  { roles: 'u c', maxTokens: 1, here: [''] },
])('of "$roles", $maxTokens tokens show $here, calls and answers together', async ({ roles, maxTokens, here }) => {
  const { seen } = await seenThrough([new MessageTokenLimiter({ maxTokens, tokenCounter: words })], history(roles))
  expect(texts(seen).map((text) => text.trimEnd())).toEqual(here)
})

test('messages of some names can be left whole, and are counted all the same', async () => {
  const filterDict = { name: ['user'] }
  const limit = async (options: MessageTokenLimiterOptions): Promise<string[]> =>
    texts(
      (await seenThrough([new MessageTokenLimiter({ ...options, tokenCounter: words })], history('u a u a'))).seen,
    ).map((text) => text.trimEnd())
  const whole = (index: number): string => `u${index} two three four`
  expect(await limit({ maxTokensPerMessage: 1, filterDict })).toEqual([whole(0), 'a1', whole(2), 'a3'])
  expect(await limit({ maxTokensPerMessage: 1, filterDict, excludeFilter: false })).toEqual([
    'u0',
    'a1 two three four',
    'u2',
    'a3 two three four',
  ])
  // There the room becomes negative, and the next message is cut by a negative length.
  expect(await limit({ maxTokens: 6, filterDict })).toEqual([whole(2), 'a3 two three four'])
})

test('texts in parts are cut, and pictures are left', async () => {
  const conversation = new Conversation({ id: 'c' })
  const url = 'https://example.org/cat.png'
  conversation.append('user', {
    content: [
      { type: 'text', text: 'one two three' },
      { type: 'image', url },
      { type: 'text', text: 'four five' },
    ],
  })
  const { seen } = await seenThrough(
    [new MessageTokenLimiter({ maxTokensPerMessage: 1, tokenCounter: words })],
    conversation.messages,
  )
  expect(seen[0]?.content).toEqual([
    { type: 'text', text: 'one ' },
    { type: 'image', url },
    { type: 'text', text: 'four ' },
  ])
})

test.each([{ maxTokens: -1 }, { maxTokensPerMessage: 1.5 }, { minTokens: 5, maxTokens: 4 }, { maxToken: 5 }])(
  '%j is refused as limits of tokens',
  (options) => {
    expect(() => new MessageTokenLimiter(options)).toThrow(ConfigurationError)
  },
)

test.each<{ options: TextMessageContentNameOptions; content: Message['content']; here: Message['content'] }>([
  { options: {}, content: 'Hi', here: 'user:\nHi' },
  { options: {}, content: 'user:\nHi', here: 'user:\nHi' },
  { options: { deduplicate: false }, content: 'user:\nHi', here: 'user:\nuser:\nHi' },
  { options: { position: 'end', formatString: ' ({name})' }, content: 'Hi', here: 'Hi (user)' },
  { options: { filterDict: { name: ['user'] } }, content: 'Hi', here: 'Hi' },
  { options: {}, content: '', here: '' },
  { options: {}, content: [{ type: 'text', text: 'Hi' }], here: [{ type: 'text', text: 'user:\nHi' }] },
])('with $options, a name is written into $content as $here', async ({ options, content, here }) => {
  const conversation = new Conversation({ id: 'c' })
  conversation.append('user', { content })
  const { seen } = await seenThrough([new TextMessageContentName(options)], conversation.messages)
  expect(seen[0]?.content).toEqual(here)
})

test('transforms run in their order, own ones too, and each tells what it did', async () => {
  const shout: MessageTransform = {
    applyTransform: (messages) => messages.map((message) => ({ ...message, content: textOf(message).toUpperCase() })),
  }
  const messages = history('u a u a u')
  const { seen, events } = await seenThrough(
    [
      new MessageHistoryLimiter({ maxMessages: 2 }),
      new MessageTokenLimiter({ maxTokens: 6, tokenCounter: words }),
      shout,
    ],
    messages,
  )
  expect(texts(seen)).toEqual(['A3 TWO ', 'U4 TWO THREE FOUR'])
  expect(events).toMatchObject([
    { type: 'notice', text: 'Removed 3 messages. Number of messages reduced from 5 to 2.' },
    { type: 'context-trim', agent: 'agent', by: 'MessageHistoryLimiter', leftOut: 3, shortened: [] },
    { type: 'notice', text: 'Removed 0 messages and cut 1. Number of messages reduced from 2 to 2.' },
    {
      type: 'context-trim',
      by: 'MessageTokenLimiter',
      leftOut: 0,
      shortened: [{ id: expect.stringMatching(/^\w+$/), leftOut: 'three four'.length }],
    },
  ])
  expect(messages).toHaveLength(5)
})

test.each([{ transforms: {} }, { transforms: [{}] }, { transforms: [], quiet: true }])(
  '%j is refused as what changes messages',
  (options) => {
    expect(() => new TransformMessages(options as never)).toThrow(ConfigurationError)
  },
)

test('the selector of a group sees the transcript through transforms of its own', async () => {
  const selector = new ScriptedModel((_request, index) => (index % 2 === 0 ? 'a' : 'b'))
  const members = ['a', 'b', 'c'].map(
    (name) => new ConversableAgent({ name, humanInputMode: 'NEVER', defaultAutoReply: `I am ${name}.` }),
  )
  const groupChat = {
    agents: members,
    maxRound: 6,
    selectSpeakerTransformMessages: new TransformMessages({
      transforms: [new MessageHistoryLimiter({ maxMessages: 2 })],
    }),
  }
  const manager = new GroupChatManager({ llmConfig: { model: selector }, groupChat })
  const user = new ConversableAgent({ name: 'user', humanInputMode: 'NEVER' })
  await user.initiateChat(manager, { message: 'Go.', noProgress: false })
  // System message, the messages, and the question.
  expect(selector.prompts.map((prompt) => prompt.length - 2)).toEqual([1, 2, 2, 2, 2])
  expect(
    () => new GroupChatManager({ groupChat: { ...groupChat, selectSpeakerTransformMessages: {} as never } }),
  ).toThrow('Give new TransformMessages({ transforms }).')
})
