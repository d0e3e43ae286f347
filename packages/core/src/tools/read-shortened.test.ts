import { expect, test } from 'vitest'
import { AssistantAgent } from '../assistant-agent.ts'
import { Conversation } from '../conversation.ts'
import type { MessageDraft } from '../message.ts'
import { ScriptedModel } from '../testing/scripted-model.ts'
import { UserProxyAgent } from '../user-proxy-agent.ts'
import { idOfText } from '../util/text-id.ts'
import { readShortened, type ReadShortenedOptions } from './read-shortened.ts'

const LONG = Array.from({ length: 500 }, (_none, index) => `line ${index}`).join('\n')

/** What the tool answers to the assistant, in a conversation that begins with these messages. */
async function read(
  args: object,
  before: readonly [string, MessageDraft][],
  options?: ReadShortenedOptions,
): Promise<string | undefined> {
  const model = new ScriptedModel([{ toolCalls: [{ name: 'read_shortened', arguments: args }] }, 'Thanks.'])
  const reader = readShortened(options)
  const assistant = new AssistantAgent({ name: 'assistant', llmConfig: { model } }).registerForLLM(reader)
  const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER' }).registerForExecution(reader)
  const conversation = new Conversation({ id: 'c' })
  for (const [agent, draft] of before) conversation.append(agent, draft)
  const { chatHistory } = await user.initiateChat(assistant, { message: 'Read.', maxTurns: 2, conversation })
  return chatHistory.find((message) => message.toolResults?.[0]?.name === 'read_shortened')?.toolResults?.[0]?.content
}

const result: MessageDraft = { toolResults: [{ callId: 'x', name: 'log', content: LONG, isError: false }] }

test('a range of a result is read by its id', async () => {
  expect(await read({ id: idOfText(LONG), offset: 7, length: 13 }, [['user', result]])).toBe(
    `Characters 7 to 20 of ${LONG.length}:\nline 1\nline 2`,
  )
})

test('not more is read at once than the tool may', async () => {
  const answer = await read({ id: idOfText(LONG), length: 1_000_000 }, [['user', result]], { maxCharacters: 100 })
  expect(answer).toBe(`Characters 0 to 100 of ${LONG.length}:\n${LONG.slice(0, 100)}`)
})

test.each([
  ['a text', { content: LONG }, LONG],
  ['a part', { content: [{ type: 'text', text: LONG }] }, LONG],
  ['a text with its speaker in front, as in a group', { content: LONG }, `user: ${LONG}`],
  [
    'an argument of a call',
    { toolCalls: [{ id: 'x', name: 'write', arguments: JSON.stringify({ file: { text: LONG } }) }] },
    LONG,
  ],
] satisfies [string, MessageDraft, string][])('%s is read as well', async (_what, draft, shown) => {
  expect(await read({ id: idOfText(shown), length: 20 }, [['user', draft]])).toContain(shown.slice(0, 20))
})

test('an id that nothing has, and an offset behind the end, are errors that a model can mend', async () => {
  expect(await read({ id: 'nothing' }, [['user', result]])).toBe(
    'Error: No text has the id "nothing". Give the id of a mark.',
  )
  expect(await read({ id: idOfText(LONG), offset: 9_999 }, [['user', result]])).toBe(
    `Error: The text ends at ${LONG.length}. Give a smaller offset.`,
  )
})

test('nobody reads what he may not see, also if the agent that runs the tool may', async () => {
  const secret: MessageDraft = { ...result, visibleTo: ['user'] }
  expect(await read({ id: idOfText(LONG) }, [['other', secret]])).toMatch(/^Error: No text has the id/)
})
