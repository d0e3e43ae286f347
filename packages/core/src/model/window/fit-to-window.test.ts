import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { Conversation } from '../../conversation.ts'
import { ConfigurationError } from '../../errors/configuration-error.ts'
import type { EventBody } from '../../event.ts'
import type { ContextWindow } from '../../ports/model.ts'
import { ScriptedModel } from '../../testing/scripted-model.ts'
import { READ_SHORTENED } from '../../tools/read-shortened.ts'
import { idOfText } from '../../util/text-id.ts'
import { fitToWindow, type PromptSource } from './fit-to-window.ts'
import { tokensOfFrame, tokensOfMessage, type PromptMessage } from './request-size.ts'
import { TokenMemo } from './token-memo.ts'

/** Every letter is a token. */
const letters = { count: (text: string) => text.length }
const memo = new TokenMemo(letters)

const system: PromptMessage = { role: 'system', content: 'Be brief.' }
const user = (text: string): PromptMessage => ({ role: 'user', content: [{ type: 'text', text }] })
const assistant = (text: string): PromptMessage => ({ role: 'assistant', content: [{ type: 'text', text }] })
const calls = (...ids: string[]): PromptMessage => ({
  role: 'assistant',
  content: ids.map((id) => ({ type: 'tool-call', toolCallId: id, toolName: 'look', input: { id } })),
})
const answers = (results: Readonly<Record<string, string>>): PromptMessage => ({
  role: 'tool',
  content: Object.entries(results).map(([id, value]) => ({
    type: 'tool-result',
    toolCallId: id,
    toolName: 'look',
    output: { type: 'text', value },
  })),
})

async function fit(
  prompt: LanguageModelV4Prompt,
  window: Partial<ContextWindow> = {},
  more: { readonly source?: PromptSource; readonly events?: EventBody[]; readonly tools?: string[] } = {},
): Promise<LanguageModelV4Prompt> {
  const contextWindow = { maxInputTokens: 1_000, tokenCounter: letters, ...window }
  const tools = more.tools?.map((name) => ({ name, description: '', parameters: {} }))
  const request = {
    agent: 'assistant',
    purpose: 'reply',
    prompt,
    step: 's',
    ...(more.source && { source: more.source }),
    ...(tools && { tools }),
  }
  const fitted = await fitToWindow({ model: new ScriptedModel([]), contextWindow }, request, {
    emit: (event) => void more.events?.push(event),
    ask: () => Promise.reject(new Error('nobody is to be asked')),
  })
  expect(sizeOf(fitted.prompt) + (tools ? 100 : 0)).toBeLessThanOrEqual(contextWindow.maxInputTokens)
  return fitted.prompt
}

function sizeOf(prompt: LanguageModelV4Prompt): number {
  return prompt.reduce((sum, message) => sum + tokensOfMessage(message, memo), tokensOfFrame({}, memo))
}

/** A task and some turns of 50 letters, by turns. */
function talk(length: number): LanguageModelV4Prompt {
  const turns = Array.from({ length }, (_none, index) => {
    const text = `Turn ${index}. `.padEnd(42, '-')
    return index % 2 === 0 ? assistant(text) : user(text)
  })
  return [system, user('The task.'), ...turns]
}

test('a prompt that has room is left as it is', async () => {
  const prompt = talk(10)
  expect(await fit(prompt)).toBe(prompt)
})

test('system message, task and newest messages stay, and the oldest of the others go', async () => {
  const prompt = talk(40)
  const fitted = await fit(prompt)
  expect(fitted.slice(0, 2)).toEqual(prompt.slice(0, 2))
  const tail = fitted.slice(2)
  expect(tail.length).toBeGreaterThan(8)
  expect(tail).toEqual(prompt.slice(-tail.length))
})

test('what was sent stays the beginning of what is sent next, but for one request in some', async () => {
  const all = talk(200)
  const conversation = new Conversation({ id: 'c' })
  const source = { conversation, viewer: 'assistant' }
  let before: LanguageModelV4Prompt = []
  let breaks = 0
  for (let length = 3; length <= all.length; length++) {
    const fitted = await fit(all.slice(0, length), {}, { source })
    // What was counted earlier changes nothing: the same transcript gives the same view.
    expect(await fit(all.slice(0, length))).toEqual(fitted)
    if (!before.every((message, index) => message === fitted[index])) breaks++
    before = fitted
  }
  // 200 turns of 50 tokens are 10,000; a quarter of the window is 250.
  expect(breaks).toBeGreaterThan(30)
  expect(breaks).toBeLessThanOrEqual(40)
})

test('a call is left out together with its answers, or neither', async () => {
  for (let turns = 1; turns < 30; turns++) {
    const prompt: LanguageModelV4Prompt = [system, user('The task.')]
    for (let turn = 0; turn < turns; turn++)
      prompt.push(calls(`a${turn}`, `b${turn}`), answers({ [`a${turn}`]: 'x'.repeat(40), [`b${turn}`]: 'y' }))
    const fitted = await fit(prompt, { keepLastMessages: 3 })
    for (const [index, message] of fitted.entries()) {
      if (message.role !== 'tool') continue
      const before = fitted[index - 1]
      expect(before?.role).toBe('assistant')
      expect(idsIn(before)).toEqual(idsIn(message))
    }
    expect(fitted.at(-1)).toBe(prompt.at(-1))
  }
})

test('a huge answer of a tool is shown by its beginning and its end, with an id', async () => {
  const huge = `BEGIN ${'x'.repeat(2_000_000)} END`
  const prompt = [system, user('The task.'), calls('a'), answers({ a: huge }), assistant('I see.'), user('And?')]
  const events: EventBody[] = []
  const fitted = await fit(prompt, { maxToolResultTokens: 200 }, { events })
  const shown = resultIn(fitted[3])
  expect(shown.length).toBeLessThanOrEqual(200)
  expect(shown.length).toBeGreaterThan(180)
  expect(shown).toMatch(/^BEGIN x+\n\[… \d+ of 2000010 characters left out here, id \w+ …\]\nx+ END$/)
  expect(fitted.toSpliced(3, 1)).toEqual(prompt.toSpliced(3, 1))
  const leftOut = Number(/… (\d+) of/.exec(shown)?.[1])
  expect(events).toMatchObject([
    { type: 'context-trim', by: 'contextWindow', leftOut: 0, shortened: [{ id: idOfText(huge), leftOut }] },
  ])
  expect(shown).toContain(idOfText(huge))
  expect(shown.length).toBe(huge.length - leftOut + (/\n\[.*\]\n/.exec(shown)?.[0].length ?? 0))
})

test('the mark speaks of the tool that reads on, where it is offered', async () => {
  const prompt = [system, user('The task.'), calls('a'), answers({ a: 'x'.repeat(3_000) })]
  const shown = resultIn((await fit(prompt, { maxToolResultTokens: 300 }, { tools: [READ_SHORTENED] }))[3])
  expect(shown).toMatch(/; read_shortened reads them, from offset \d+ …\]/)
})

test('what was read on is not shortened again, as long as older messages can go', async () => {
  const read: PromptMessage = {
    role: 'tool',
    content: [
      {
        type: 'tool-result',
        toolCallId: 'a',
        toolName: READ_SHORTENED,
        output: { type: 'text', value: 'x'.repeat(600) },
      },
    ],
  }
  const fitted = await fit([...talk(30), calls('a'), read], { maxToolResultTokens: 100 })
  expect(fitted.at(-1)).toBe(read)
})

test('answers of tools keep their length as long as there is room', async () => {
  const prompt = [system, user('The task.'), calls('a'), answers({ a: 'x'.repeat(800) })]
  expect(await fit(prompt)).toBe(prompt)
})

test('where the newest messages alone have no room, their texts are shortened, and the task stays whole', async () => {
  const task = user('The task. '.padEnd(300, '='))
  const tail = [assistant('a'.repeat(600)), user('b'.repeat(600)), assistant('c'.repeat(600)), user('d'.repeat(600))]
  const fitted = await fit([system, task, user('old'), ...tail])
  expect(fitted).toHaveLength(6)
  expect(fitted.slice(0, 2)).toEqual([system, task])
  expect(JSON.stringify(fitted[5])).toMatch(/dd.*characters left out here.*dd/)
})

test('more newest messages than there is room for are shortened first, and then fewer, in pairs', async () => {
  const prompt: LanguageModelV4Prompt = [system, user('The task.')]
  for (let turn = 0; turn < 200; turn++)
    prompt.push(calls(`c${turn}`), answers({ [`c${turn}`]: 'x'.repeat(100) }), user('y'.repeat(200)))
  const fitted = await fit(prompt, { keepLastMessages: 500 })
  expect(fitted.slice(0, 2)).toEqual(prompt.slice(0, 2))
  expect(fitted.length).toBeGreaterThan(4)
  expect(fitted[2]?.role).not.toBe('tool')
  expect(fitted.at(-1)?.role).toBe('user')
  expect((await fit(talk(60), { keepLastMessages: 0 })).at(-1)).toEqual(talk(60).at(-1))
})

test('a task that is larger than the window is shortened at the last', async () => {
  const fitted = await fit([system, user('t'.repeat(5_000)), assistant('What?'), user('Go on.')])
  expect(JSON.stringify(fitted[1])).toMatch(/tt.*characters left out here.*tt/)
  expect(fitted.slice(2)).toEqual([assistant('What?'), user('Go on.')])
})

test('long arguments of calls are shortened inside of their JSON', async () => {
  const call: PromptMessage = {
    role: 'assistant',
    content: [{ type: 'tool-call', toolCallId: 'a', toolName: 'write', input: { path: 'x', text: 'w'.repeat(3_000) } }],
  }
  const fitted = await fit([system, user('The task.'), call, answers({ a: 'done' })])
  expect(fitted[2]).toMatchObject({
    content: [{ input: { path: 'x', text: expect.stringMatching(/^w+\n\[….*\]\nw+$/) } }],
  })
})

test('reasoning is kept with its calls, whole, or left out with them', async () => {
  const reasoning = { type: 'reasoning' as const, text: 'hm '.repeat(100), providerOptions: { a: { signature: 's' } } }
  const thinking: PromptMessage = {
    role: 'assistant',
    content: [reasoning, { type: 'tool-call', toolCallId: 'a', toolName: 'look', input: {} }],
  }
  const last = [thinking, answers({ a: 'x'.repeat(2_000) })]
  const fitted = await fit([...talk(30), ...last])
  expect(fitted.at(-2)).toBe(thinking)
  expect(resultIn(fitted.at(-1)).length).toBeLessThan(300)
})

test('a question behind the transcript is no part of it', async () => {
  const question: PromptMessage = { role: 'system', content: 'Who is next? '.padEnd(200, '.') }
  const source = { conversation: new Conversation({ id: 'c' }), viewer: '', closing: 1 }
  const fitted = await fit([...talk(40), question], { keepLastMessages: 2 }, { source })
  expect(fitted.at(-1)).toBe(question)
  expect(fitted.at(-2)).toEqual(talk(40).at(-1))
})

test('the introductions of a group stay with the task, for those who may see them', async () => {
  const conversation = new Conversation({ id: 'c', group: 'boss' })
  conversation.append('boss', { content: 'We are a, b and c.', visibleTo: ['a', 'b'] })
  const prompt = talk(40)
  const seen = await fit(prompt, {}, { source: { conversation, viewer: 'a' } })
  expect(seen[2]).toBe(prompt[2])
  const unseen = await fit(prompt, {}, { source: { conversation, viewer: 'selector' } })
  expect(unseen[2]).not.toBe(prompt[2])
})

test('a view is told of when it changes, and not in between', async () => {
  const all = talk(60)
  const source = { conversation: new Conversation({ id: 'c' }), viewer: 'assistant' }
  const events: EventBody[] = []
  const told: number[] = []
  for (let length = 3; length <= all.length; length++) {
    await fit(all.slice(0, length), {}, { source, events })
    told.push(events.length)
  }
  const trims = events.filter((event) => event.type === 'context-trim')
  expect(trims.length).toBe(new Set(trims.map((event) => event.leftOut)).size)
  expect(trims.length).toBe(told.at(-1))
  expect(trims.length).toBeLessThan(12)
  for (const event of trims) expect(event.tokensBefore).toBeGreaterThan(1_000)
  for (const event of trims) expect(event.tokensAfter).toBeLessThanOrEqual(1_000)
})

test('a text is counted once for a conversation, whatever message it stands in', async () => {
  const counted: string[] = []
  const tokenCounter = {
    count(text: string) {
      counted.push(text)
      return text.length
    },
  }
  const conversation = new Conversation({ id: 'c' })
  for (const viewer of ['a', 'b', 'a'])
    await fit(structuredClone(talk(40)), { tokenCounter }, { source: { conversation, viewer } })
  expect(counted.length).toBe(new Set(counted).size)
})

test('a request that cannot be made to fit is refused, with its sizes', async () => {
  const error: unknown = await fit([{ role: 'system', content: 's'.repeat(2_000) }, user('Hi')]).catch(
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(error).toMatchObject({
    code: 'request-too-large',
    message:
      'A request for agent "assistant" (reply) cannot be made to fit into contextWindow.maxInputTokens, 1000: its system ' +
      'message, tools and question take 2016 tokens, and its transcript, 10 as it is, cannot be shortened to what is ' +
      'left. Shorten the system message, offer fewer tools, or raise maxInputTokens.',
  })
})

function idsIn(message: PromptMessage | undefined): string[] {
  if (!message || typeof message.content === 'string') return []
  return message.content.flatMap((part) => ('toolCallId' in part ? [part.toolCallId] : []))
}

function resultIn(message: PromptMessage | undefined): string {
  const [part] = message?.role === 'tool' ? message.content : []
  if (part?.type !== 'tool-result' || part.output.type !== 'text') throw new Error('no result')
  return part.output.value
}
