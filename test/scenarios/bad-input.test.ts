import {
  AssistantAgent,
  ConfigurationError,
  ConversableAgent,
  initiateChatGraph,
  initiateChats,
  tool,
} from 'conversable'
import { ScriptedModel } from 'conversable/testing'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { echo } from './support.ts'

/** What a caller without types may write. */
const untyped = (value: unknown): never => value as never
const model = new ScriptedModel(() => 'hi')

describe('mistakes of the setup are refused when it is built, by name, with the value and what to do', () => {
  test.each<[string, string, () => unknown, string]>([
    [
      'an agent without a name',
      'invalid-option',
      () => new ConversableAgent(untyped({})),
      `An agent has the name undefined. Give it one: new ConversableAgent({ name: 'assistant' }).`,
    ],
    [
      'no options at all',
      'invalid-option',
      () => new AssistantAgent(untyped(undefined)),
      'An agent has the name undefined.',
    ],
    [
      'an unknown option',
      'unknown-option',
      () => echo('a', 'a', untyped({ humanInputmode: 'NEVER' })),
      'Agent "a" has no option "humanInputmode". Did you mean "humanInputMode"?',
    ],
    [
      'an option as AutoGen wrote it',
      'unknown-option',
      () => echo('a', 'a', untyped({ max_consecutive_auto_reply: 1 })),
      'Did you mean "maxConsecutiveAutoReply"?',
    ],
    [
      'an unknown mode',
      'invalid-option',
      () => echo('a', 'a', { humanInputMode: untyped('SOMETIMES') }),
      'The agent "a" has "SOMETIMES" as humanInputMode. It is one of ALWAYS, TERMINATE, NEVER.',
    ],
    [
      'a limit that is no count',
      'invalid-option',
      () => echo('a', 'a', { maxConsecutiveAutoReply: 1.5 }),
      'Agent "a" has 1.5 as maxConsecutiveAutoReply. Give a whole number from 0, or Infinity.',
    ],
    [
      'an ending test that is none',
      'invalid-option',
      () => echo('a', 'a', { isTerminationMsg: untyped('TERMINATE') }),
      'The agent "a" has "TERMINATE" as isTerminationMsg. Give a function.',
    ],
    [
      'a model that is none',
      'unknown-model',
      () => new AssistantAgent({ name: 'a', llmConfig: { model: untyped({ id: 'gpt' }) } }),
      'Agent "a" has the model { id }, which is none.',
    ],
    [
      'a model without its provider',
      'unknown-model',
      () => new AssistantAgent({ name: 'a', llmConfig: { model: 'gpt-5' } }),
      'Agent "a" has the model "gpt-5". Write provider and model, as in "openai/gpt-5".',
    ],
    [
      'an unknown setting of a model',
      'unknown-option',
      () => new AssistantAgent({ name: 'a', llmConfig: untyped({ model, temprature: 1 }) }),
      'The llmConfig of agent "a" has no option "temprature". Did you mean "temperature"?',
    ],
    [
      'a way to call tools that is none',
      'invalid-option',
      () => new AssistantAgent({ name: 'a', llmConfig: { model, toolCalls: untyped('words') } }),
      'The toolCalls in the llmConfig of agent "a" are "words". They are one of auto, native, text.',
    ],
    [
      'an unknown option of a context window',
      'unknown-option',
      () => new AssistantAgent({ name: 'a', llmConfig: { model, contextWindow: untyped({ maxTokens: 8_000 }) } }),
      'The contextWindow of agent "a" has no option "maxTokens". It knows maxInputTokens, keepLastMessages, maxToolResultTokens, tokenCounter, compaction.',
    ],
    [
      'a context window without a size',
      'invalid-option',
      () => new AssistantAgent({ name: 'a', llmConfig: { model, contextWindow: { maxInputTokens: Number.NaN } } }),
      'The contextWindow of agent "a" has NaN as maxInputTokens. Give the size of the model\'s window in tokens, less what its answer may take.',
    ],
    [
      'a token counter that counts nothing',
      'invalid-option',
      () =>
        new AssistantAgent({
          name: 'a',
          llmConfig: { model, contextWindow: { maxInputTokens: 8_000, tokenCounter: untyped({}) } },
        }),
      'The contextWindow of agent "a" has {} as tokenCounter. Give an object with count, such as await tokenCounterFor(\'openai/gpt-5\').',
    ],
    [
      'an executor that is none',
      'invalid-option',
      () => echo('a', 'a', { codeExecutionConfig: untyped({ executor: 'docker' }) }),
      'The agent "a" has "docker" as code executor.',
    ],
    [
      'a window that is none',
      'invalid-option',
      () => echo('a', 'a', { codeExecutionConfig: untyped({ executor: { execute() {} }, lastNMessages: -1 }) }),
      'The agent "a" has -1 as lastNMessages. Give a whole number from 0, or \'auto\'.',
    ],
    [
      'a trigger that matches nothing',
      'unknown-trigger',
      () => echo('a', 'a').registerReply([], () => undefined),
      'Agent "a" has a reply function whose trigger [] matches nothing.',
    ],
    [
      'a trigger that is none',
      'unknown-trigger',
      () => echo('a', 'a').registerReply(untyped(7), () => undefined),
      'Agent "a" has a reply function whose trigger 7 is no trigger.',
    ],
    [
      'a reply function that is none',
      'invalid-option',
      () => echo('a', 'a').registerReply(undefined, untyped('hello')),
      'Agent "a": the reply function is "hello". Give a function.',
    ],
    [
      'an unknown position',
      'invalid-option',
      () => echo('a', 'a').registerReply(undefined, () => undefined, { position: untyped('second') }),
      'Agent "a": the position "second" is not known.',
    ],
    [
      'an unknown hook',
      'unknown-hook',
      () =>
        echo('a', 'a').registerHook(
          untyped('beforeBreakfast'),
          untyped(() => ''),
        ),
      'Agent "a": there is no hook "beforeBreakfast".',
    ],
    [
      'a tool without a model to suggest it',
      'tool-needs-model',
      () => echo('a', 'a').registerForLLM(untyped({ name: 't' })),
      'Agent "a" cannot suggest the tool "t": it has no model. Give it an llmConfig.',
    ],
    [
      'a tool that is withdrawn but was never offered',
      'unknown-tool',
      () => new AssistantAgent({ name: 'a', llmConfig: { model } }).unregisterForLLM('t'),
      'Agent "a" suggests no tool "t". It has none.',
    ],
    [
      'a chat with itself',
      'duplicate-agent',
      () => {
        const a = echo('a', 'a')
        return a.initiateChat(a, { message: 'hi' })
      },
      'Agent "a" cannot hold a chat with itself.',
    ],
    [
      'a chat with another agent of the same name',
      'duplicate-agent',
      () => echo('a', 'a').initiateChat(echo('a', 'b'), { message: 'hi' }),
      'Agent "a" cannot hold a chat with another agent of the same name.',
    ],
    [
      'a half turn',
      'invalid-option',
      () => echo('a', 'a').initiateChat(echo('b', 'b'), { message: 'hi', maxTurns: 1.5 }),
      'The chat of "a" with "b" has 1.5 as maxTurns. Give a whole number from 0.',
    ],
    [
      'a turn that is true',
      'invalid-option',
      () => echo('a', 'a').initiateChat(echo('b', 'b'), { message: 'hi', maxTurns: untyped(true) }),
      'The chat of "a" with "b" has true as maxTurns.',
    ],
    [
      'an unknown option of a chat',
      'unknown-option',
      () => echo('a', 'a').initiateChat(echo('b', 'b'), untyped({ mesage: 'hi' })),
      'The chat of "a" with "b" has no option "mesage". Did you mean "message"?',
    ],
    [
      'an unknown way of summing up',
      'invalid-option',
      () => echo('a', 'a').initiateChat(echo('b', 'b'), { message: 'hi', summaryMethod: untyped('short') }),
      'The summaryMethod "short" is not known.',
    ],
    [
      'a reflection without a model',
      'summary-needs-model',
      () => echo('a', 'a').initiateChat(echo('b', 'b'), { message: 'hi', summaryMethod: 'reflection_with_llm' }),
      'but neither agent has a model',
    ],
    [
      'a number as carryover',
      'invalid-carryover',
      () => echo('a', 'a').initiateChat(echo('b', 'b'), { message: 'hi', carryover: untyped(7) }),
      'The carryover 7 is neither a text nor a list.',
    ],
    [
      'two agents of one name in a row of chats',
      'duplicate-agent',
      () =>
        initiateChats([
          { sender: echo('a', 'a'), recipient: echo('b', 'b'), message: '1' },
          { sender: echo('a', 'a'), recipient: echo('b', 'b'), message: '2' },
        ]),
      'Two different agents of these chats are called "a". Give each agent a name of its own.',
    ],
    [
      'a chat of a row without a recipient',
      'invalid-option',
      () => echo('a', 'a').initiateChats([untyped({ message: 'hi' })]),
      'A chat of the list has no recipient.',
    ],
    [
      'an unknown option of a nested chat',
      'unknown-option',
      () =>
        echo('a', 'a').registerNestedChats([untyped({ recipient: echo('b', 'b'), mesage: 'hi' })], { trigger: 'user' }),
      'The chat of "a" with "b" has no option "mesage". Did you mean "message"?',
    ],
    [
      'half a turn of a nested chat',
      'invalid-option',
      () => echo('a', 'a').registerNestedChats([{ recipient: echo('b', 'b'), maxTurns: 1.5 }], { trigger: 'user' }),
      'The chat of "a" with "b" has 1.5 as maxTurns.',
    ],
    [
      'a reply to nothing',
      'invalid-option',
      () => echo('a', 'a').replyTo(undefined),
      'Agent "a" was asked for a reply to nothing.',
    ],
  ])('%s', (_what, code, build, message) => {
    const error = thrownBy(build)
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ code })
    expect(error.message).toContain(message)
  })

  test('a graph of chats in a circle, with a stranger, or with a doubled id', () => {
    const [a, b] = [echo('a', 'a'), echo('b', 'b')]
    const chat = (chatId: number, ...prerequisites: number[]) => ({
      chatId,
      sender: a,
      recipient: b,
      message: 'hi',
      prerequisites,
    })
    expect(() => initiateChatGraph([chat(1), chat(2, 3), chat(3, 2)])).toThrow(
      'The chats 2, 3 wait for one another in a circle.',
    )
    expect(() => initiateChatGraph([chat(1, 1)])).toThrow('The chats 1 wait for one another in a circle.')
    expect(() => initiateChatGraph([chat(1, 9)])).toThrow(
      'The chat 1 waits for 9, which is not in the graph. It has 1.',
    )
    expect(() => initiateChatGraph([chat(1), chat(1)])).toThrow('Two chats of the graph have the chatId 1.')
  })
})

describe('tools that cannot be offered to a model', () => {
  const good = { name: 't', description: 'Does it.', parameters: z.object({}), execute: () => 'done' }
  test.each<[string, object, string]>([
    ['a name with a space', { name: 'my tool' }, 'The tool name "my tool" is not allowed.'],
    ['no description', { description: undefined }, 'The tool "t" has the description undefined.'],
    ['an empty description', { description: ' ' }, 'The tool "t" has the description " ".'],
    ['no function', { execute: undefined }, 'The tool "t" has undefined as execute. Give it a function.'],
    ['an unknown option', { timeout: 5 }, 'Tool "t" has no option "timeout".'],
    ['parameters that are no schema', { parameters: 'text' }, 'The parameters of tool "t" are "text".'],
    ['parameters that are no object', { parameters: z.string() }, 'The parameters of tool "t" are of type "string".'],
    [
      'a type that JSON has not',
      { parameters: z.object({ when: z.date() }) },
      'The parameters of tool "t" cannot be written as JSON Schema',
    ],
    [
      'a schema that gives no JSON Schema',
      { parameters: v.object({ a: v.string() }) },
      'Wrap it: toStandardJsonSchema(schema)',
    ],
  ])('%s', (_what, change, message) => {
    const error = thrownBy(() => tool(untyped({ ...good, ...change })))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toContain(message)
  })
})

function thrownBy(build: () => unknown): Error {
  try {
    build()
  } catch (error) {
    return error as Error
  }
  throw new Error('Nothing was thrown.')
}
