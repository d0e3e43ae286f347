import { AssistantAgent, type ConversableAgentOptions, type MessageInput } from 'conversable'
import { ScriptedModel } from 'conversable/testing'
import { expect, test } from 'vitest'
import { proxy } from './support.ts'

function assistant(options: Partial<ConversableAgentOptions> = {}, allowFormatStrTemplate?: boolean) {
  const model = new ScriptedModel((_request, index) => `Answer ${index} to {name}.`)
  const llmConfig = { model, ...(allowFormatStrTemplate !== undefined && { allowFormatStrTemplate }) }
  const agent = new AssistantAgent({ name: 'assistant', systemMessage: 'You help {name}.', llmConfig, ...options })
  const texts = (): string[][] =>
    model.prompts.map((prompt) =>
      prompt.flatMap(({ content }) =>
        typeof content === 'string' ? [content] : content.flatMap((part) => (part.type === 'text' ? [part.text] : [])),
      ),
    )
  return { agent, texts }
}

test('slots are filled for the model with the context of the chat, and stay in the transcript', async () => {
  const { agent, texts } = assistant({}, true)
  const result = await proxy({ defaultAutoReply: 'More, {name}, or {other}?' }).initiateChat(agent, {
    message: 'I am {name}, {age} years old. {"json": {}} {} {0} {{name}}',
    context: { name: 'Ada', age: 36, log: console.log },
    maxTurns: 2,
  })
  const opening = 'I am Ada, 36 years old. {"json": {}} {} {0} {{name}}'
  expect(texts()).toEqual([
    ['You help Ada.', opening],
    ['You help Ada.', opening, 'Answer 0 to Ada.', 'More, Ada, or {other}?'],
  ])
  expect(result.chatHistory[0]).toMatchObject({
    content: 'I am {name}, {age} years old. {"json": {}} {} {0} {{name}}',
    context: { name: 'Ada', age: 36 },
  })
})

test('nothing is filled unless the agent that is asked allows it', async () => {
  const { agent, texts } = assistant()
  await proxy().initiateChat(agent, { message: 'I am {name}.', context: { name: 'Ada' }, maxTurns: 1 })
  expect(texts()).toEqual([['You help {name}.', 'I am {name}.']])
})

test('a message may bring its own context, later values count, and texts of parts are filled', async () => {
  const { agent, texts } = assistant({}, true)
  const messages: MessageInput[] = [
    { content: 'First {a} {b}.', context: { a: 1, b: true } },
    {
      content: [
        { type: 'text', text: 'Then {a}' },
        { type: 'image', url: 'https://example.org/{a}.png' },
      ],
      context: { a: 2 },
    },
  ]
  await agent.replyTo(messages)
  expect(texts()).toEqual([['You help {name}.', 'First 2 true.', 'Then 2']])
})

test('a template without a value for one of its slots is an error that names both', async () => {
  const { agent } = assistant({}, true)
  const run = proxy().initiateChat(agent, { message: 'I am {nmae}.', context: { name: 'Ada' }, maxTurns: 1 })
  await expect(run).rejects.toMatchObject({
    code: 'missing-slot',
    message: expect.stringMatching(
      /^The message ".*\/0" of "user" has the slot \{nmae\}, for which its context has no value: it has name\. .* or write \{\{nmae\}\} for braces that are meant\.$/,
    ),
  })
})

test('what a chat takes from others is no template', async () => {
  const { agent, texts } = assistant({}, true)
  const chat = { message: 'I am {name}.', context: { name: 'Ada' }, carryover: 'f"{value}" for {name}', maxTurns: 1 }
  await proxy().initiateChat(agent, chat)
  expect(texts()).toEqual([['You help Ada.', 'I am Ada.\nContext: \nf"{value}" for Ada']])
})

test('reserved names are slots like others, and the context is checked', async () => {
  const { agent, texts } = assistant({}, true)
  const context = JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>
  await agent.replyTo({ content: '{__proto__} {constructor}', context })
  await agent.replyTo('{toString} {hasOwnProperty}')
  expect(texts().map((prompt) => prompt[1])).toEqual(['x y', '{toString} {hasOwnProperty}'])
  const send = proxy().send({ content: 'hi', context: { a: {} } as never }, agent, { requestReply: false })
  await expect(send).rejects.toThrow('its context {"a":{}} is no object of texts, numbers and booleans')
})
