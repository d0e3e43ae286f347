import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import {
  AssistantAgent,
  ConversableAgent,
  initiateChat,
  tool,
  type ChatEvent,
  type ChatResult,
  type Reply,
} from 'conversable'
import { ScriptedModel } from 'conversable/testing'
import * as v from 'valibot'
import { z } from 'zod'

// Checked by the compiler alone (`npm run check:types`): each line under an "expect-error" must fail to compile.

const about = { name: 't', description: 'Does it.' }
const takesText = (text: string): string => text
const takesNumber = (n: number): number => n

// Arguments are inferred, from zod …
tool({
  ...about,
  parameters: z.object({ a: z.number(), b: z.enum(['x', 'y']).default('x') }),
  execute: ({ a, b }) => {
    takesNumber(a)
    takesText(b)
    // @ts-expect-error a number is no text
    takesText(a)
    // @ts-expect-error there is no argument c
    const { c } = { a, b }
    return c as string
  },
})
// … Valibot …
tool({
  ...about,
  parameters: toStandardJsonSchema(v.object({ a: v.number(), b: v.optional(v.string(), 'x') })),
  execute: ({ a, b }) => {
    takesText(b)
    // @ts-expect-error a number is no text
    return takesText(a)
  },
})
// … and ArkType.
tool({
  ...about,
  parameters: type({ a: 'number', b: "string = 'x'" }),
  execute: ({ a, b }) => {
    takesText(b)
    // @ts-expect-error a number is no text
    return takesText(a)
  },
})
// Plain JSON Schema leaves them unknown.
tool({
  ...about,
  parameters: { type: 'object', properties: { a: { type: 'number' } } },
  // @ts-expect-error unknown is no number until it was looked at
  execute: ({ a }) => takesNumber(a),
})
// A function that wants other arguments than the schema gives.
tool({
  ...about,
  // @ts-expect-error the schema gives a number
  parameters: z.object({ a: z.number() }),
  execute: ({ a }: { readonly a: string }) => a,
})
// @ts-expect-error a bigint is no JSON
tool({ ...about, parameters: z.object({}), execute: () => 1n })
// @ts-expect-error a tool has a description
tool({ name: 't', parameters: z.object({}), execute: () => 'done' })

const model = new ScriptedModel([])
const assistant = new AssistantAgent({ name: 'assistant', llmConfig: { model } })
const user = new ConversableAgent({ name: 'user' })

export const refused: readonly ConversableAgent[] = [
  // @ts-expect-error an agent has a name
  new ConversableAgent({ systemMessage: 'Hello.' }),
  // @ts-expect-error a mode of its own
  new ConversableAgent({ name: 'a', humanInputMode: 'SOMETIMES' }),
  // @ts-expect-error no such option
  new ConversableAgent({ name: 'a', maxConsecutiveAutoReplies: 1 }),
]
// @ts-expect-error the name does not change
user.name = 'b'
// @ts-expect-error a trigger is an agent, a class, a name, a function, null, or a list of these
user.registerReply(7, () => undefined)
// @ts-expect-error a reply function gives a reply or undefined
user.registerReply(null, () => 'hello')
// @ts-expect-error no such moment
user.registerHook('beforeBreakfast', () => [])
// @ts-expect-error a hook on a text gives a text
user.registerHook('processLastReceivedMessage', () => 7)
user.registerReply(
  [AssistantAgent, assistant, 'assistant', null, (sender) => sender?.name === 'a'],
  ({ messages }) => ({ message: messages[0]?.name ?? '' }),
)

export async function results(): Promise<void> {
  const run = user.initiateChat(assistant, { message: 'hi', maxTurns: 1 })
  for await (const event of run) {
    if (event.type === 'text-delta') takesText(event.delta)
    // @ts-expect-error only a message event has a message
    takesText(event.message)
  }
  const result: ChatResult = await run
  // @ts-expect-error a history does not change
  result.chatHistory.push({ id: '1', name: 'a', content: 'x' })
  // @ts-expect-error the reason is data
  takesText(result.stopReason)
  // @ts-expect-error messages are no promises of text
  user.initiateChat(assistant, { message: Promise.resolve('hi') })
  const several: ChatResult[] = await user.initiateChats([{ recipient: assistant, message: 'hi' }])
  // @ts-expect-error a chat has a recipient
  await user.initiateChats([{ message: 'hi' }])
  takesNumber(several.length)
}

// The output of a chat is of its schema's type.
export async function outputs(): Promise<void> {
  const chat = { message: 'hi', maxTurns: 1 }
  const { output } = await user.initiateChat(assistant, { ...chat, output: { schema: z.object({ n: z.number() }) } })
  takesNumber(output.n)
  // @ts-expect-error a number is no text
  takesText(output.n)
  // @ts-expect-error there is no m
  takesText(output.m)
  const valibot = toStandardJsonSchema(v.object({ a: v.optional(v.string(), 'x') }))
  takesText((await user.initiateChat(assistant, { ...chat, output: { schema: valibot } })).output.a)
  const byArkType = await initiateChat(
    { sender: user, recipient: assistant },
    { output: { schema: type({ n: 'number' }) } },
  )
  takesNumber(byArkType.output.n)
  const jsonSchema = { type: 'object', properties: { n: { type: 'number' } } }
  const untyped = await user.initiateChat(assistant, { ...chat, output: { schema: jsonSchema } })
  // @ts-expect-error JSON Schema leaves it unknown …
  takesNumber(untyped.output.n)
  // … unless it is said.
  const said = await user.initiateChat<{ readonly n: number }>(assistant, { ...chat, output: { schema: jsonSchema } })
  takesNumber(said.output.n)
  const none = await user.initiateChat(assistant, chat)
  // @ts-expect-error there is none without a schema
  takesNumber(none.output)
  // @ts-expect-error a schema is an object
  await user.initiateChat(assistant, { ...chat, output: { schema: 'number' } })
  // @ts-expect-error no such option
  await user.initiateChat(assistant, { ...chat, output: { schema: z.object({}), maxRepair: 1 } })
  const plain: ChatResult = said
  // @ts-expect-error a result of something is no result of a number
  const narrow: ChatResult<{ readonly n: number }> = plain
  takesNumber(narrow.output.n)
}

// @ts-expect-error a reply either speaks or stops
export const both: Reply = { message: 'hi', stop: 'no-reply' }
// @ts-expect-error no such event
export const event: ChatEvent['type'] = 'breakfast'
