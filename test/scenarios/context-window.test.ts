import type { LanguageModelV4CallOptions, LanguageModelV4Prompt } from '@ai-sdk/provider'
import {
  AssistantAgent,
  GroupChatManager,
  inlineRuntime,
  readShortened,
  SocietyOfMindAgent,
  textOf,
  tool,
  UserProxyAgent,
  type ChatEvent,
  type ChatResult,
} from 'conversable'
import type { ScriptedAnswer } from 'conversable/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { violationsIn } from '../legal-histories/checker.ts'
import { strictModel, type StrictModel } from './strict-window.ts'

const WINDOW = 8_000
const contextWindow = { maxInputTokens: WINDOW }
const SYSTEM = 'You analyse logs. Answer in a few sentences.'
const TASK = 'Find the fault in the log, and say what caused it.'
const CANARY = 'FAULT: the valve 17 was left open.'

/** 2 MB of text that is different everywhere. */
const LOG = (() => {
  const lines: string[] = []
  for (let size = 0; size < 2_000_000; size += lines.at(-1)?.length ?? 0)
    lines.push(
      `${lines.length} the pump ${(lines.length * 7919) % 997} reports pressure ${(lines.length * 104729) % 1009}\n`,
    )
  const text = lines.join('')
  return `${text.slice(0, 1_000_000)}${CANARY}\n${text.slice(1_000_000)}`
})()

const readLog = tool({
  name: 'read_log',
  description: 'Reads the log.',
  parameters: { type: 'object' },
  execute: () => LOG,
})

/** Something to say, of about 150 tokens and never the same. */
function words(who: string, turn: number): string {
  return `${who} has ${turn} things to say. ${`Number ${turn} is about a pump that was seen by ${who} again. `.repeat(10)}`
}

/** Answers at length; reads the log first, and then on where it was shortened, in the middle. */
function analyst({ prompt, tools = [] }: LanguageModelV4CallOptions, index: number): ScriptedAnswer {
  if (index === 2) return { toolCalls: [{ name: 'read_log' }] }
  const mark = /left out here, id (\w+); read_shortened/.exec(JSON.stringify(prompt.at(-1)))
  if (mark && tools.length > 1)
    return { text: 'I read on.', toolCalls: [{ name: 'read_shortened', arguments: { id: mark[1], offset: 999_900 } }] }
  return words('the analyst', index)
}

interface Played {
  readonly strict: StrictModel
  readonly result: ChatResult
  readonly trims: Extract<ChatEvent, { type: 'context-trim' }>[]
}

async function twoAgents(): Promise<Played> {
  const strict = strictModel(WINDOW, analyst)
  const assistant = new AssistantAgent({
    name: 'assistant',
    systemMessage: SYSTEM,
    llmConfig: { model: strict.model, contextWindow },
    maxConsecutiveAutoReply: Infinity,
  })
  let turn = 0
  const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER', maxConsecutiveAutoReply: Infinity })
  const reader = readShortened()
  assistant.registerForLLM(readLog).registerForLLM(reader)
  user.registerForExecution(readLog).registerForExecution(reader)
  user.registerReply(
    () => true,
    () => ({ message: words('the user', ++turn) }),
    { position: 'last' },
  )
  const trims: Played['trims'] = []
  const run = user.initiateChat(assistant, {
    message: TASK,
    maxTurns: 200,
    summaryMethod: 'reflection_with_llm',
    // The same ids in every run, so that two runs can be compared byte by byte.
    runtime: { ...inlineRuntime, uuid: () => 'chat-1' },
  })
  run.subscribe((event) => void (event.type === 'context-trim' && trims.push(event)))
  return { strict, result: await run, trims }
}

const purposeOf = (request: LanguageModelV4CallOptions): unknown =>
  request.providerOptions?.['conversable']?.['purpose']
const textIn = (message: LanguageModelV4Prompt[number] | undefined): string => JSON.stringify(message?.content)

describe('200 turns and an answer of 2 MB against a window of 8,000 tokens', () => {
  let played: Played
  beforeAll(async () => void (played = await twoAgents()))

  test('no request is refused, and each has system message, task and newest messages, with calls and answers in pairs', () => {
    const { strict, result } = played
    expect(strict.refused).toEqual([])
    expect(strict.largest()).toBeGreaterThan(WINDOW / 2)
    expect(strict.model.requests).toHaveLength(201)
    expect(result.chatHistory).toHaveLength(400)
    expect(result.summary).toContain('the analyst has')
    const replies = strict.model.requests.filter((request) => purposeOf(request) === 'reply')
    for (const [index, { prompt }] of replies.entries()) {
      expect(violationsIn(prompt)).toEqual([])
      expect(prompt[0]).toEqual({ role: 'system', content: SYSTEM })
      expect(textIn(prompt[1])).toContain(TASK)
      // The last four messages, of which the newest stands before the reply of this request.
      const newest = result.chatHistory.slice(Math.max(1, 2 * index - 3), 2 * index + 1)
      expect(prompt.length).toBeGreaterThanOrEqual(newest.length + 2)
      for (const [at, message] of prompt.slice(-newest.length).entries()) {
        const { content } = newest[at] ?? {}
        if (typeof content === 'string' && content !== '') expect(textIn(message)).toContain(content)
      }
    }
  })

  test('the answer of 2 MB is marked, stays whole in the transcript, and can be read on', () => {
    const { strict, result, trims } = played
    const answer = result.chatHistory.find((message) => message.toolResults)?.toolResults?.[0]
    expect(answer?.content).toBe(LOG)
    const marked = strict.model.prompts.find((prompt) => textIn(prompt.at(-1)).includes('left out here'))
    expect(textIn(marked?.at(-1))).toMatch(
      /^\[\{"type":"tool-result",.*"value":"0 the pump 0 .*\[… \d+ of 20\d{5} characters left out here/,
    )
    const read = strict.model.prompts.find((prompt) => textIn(prompt.at(-1)).includes('Characters 999900 to 1003900'))
    expect(textIn(read?.at(-1))).toContain(CANARY)
    expect(trims[0]).toMatchObject({
      agent: 'assistant',
      purpose: 'reply',
      leftOut: 0,
      shortened: [{ id: /\w+/.exec(trims[0]?.shortened[0]?.id ?? '')?.[0] }],
    })
    expect(trims[0]?.shortened[0]?.leftOut).toBeGreaterThan(1_990_000)
    expect(trims.length).toBeGreaterThan(10)
    // One for every quarter of the window, not one for every turn.
    expect(trims.length).toBeLessThan(50)
  })

  test('the same run sends the same bytes', async () => {
    const again = await twoAgents()
    expect(JSON.stringify(again.strict.model.prompts)).toBe(JSON.stringify(played.strict.model.prompts))
    expect(again.trims).toEqual(played.trims)
  })

  test('a group, its selector and the summary never overflow, and what is private reaches those who are named', async () => {
    const names = ['planner', 'engineer', 'critic']
    const selector = strictModel(WINDOW, ({ prompt }, index) =>
      prompt.at(-1)?.role === 'system' ? (names[index % 3] ?? '') : words('nobody', index),
    )
    const members = names.map((name, at) => {
      const strict = strictModel(WINDOW, (_request, index) =>
        name === 'engineer' && index === 1 ? { toolCalls: [{ name: 'read_log' }] } : words(name, 3 * index + at),
      )
      const agent = new AssistantAgent({
        name,
        systemMessage: `You are the ${name}.`,
        llmConfig: { model: strict.model, contextWindow },
        maxConsecutiveAutoReply: Infinity,
      })
      return { name, strict, agent: agent.registerForExecution(readLog).registerForLLM(readLog) }
    })
    const SECRET = 'CANARY-4711'
    const manager = new GroupChatManager({
      llmConfig: { model: selector.model, contextWindow },
      groupChat: {
        agents: members.map(({ agent }) => agent),
        maxRound: 200,
        sendIntroductions: true,
        visibleTo: (message, sender) =>
          sender === 'planner' && JSON.stringify(message.content).includes(SECRET) ? ['engineer'] : undefined,
      },
    })
    members[0]?.agent.registerHook('processMessageBeforeSend', ({ message }) => ({
      ...message,
      content: `${SECRET} ${textOf(message)}`,
    }))
    const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER' })
    const result = await user.initiateChat(manager, { message: TASK, summaryMethod: 'reflection_with_llm' })
    expect(result.stopReason.rule).toBe('max-rounds')
    expect(result.chatHistory.filter((message) => message.visibleTo?.includes('engineer')).length).toBeGreaterThan(50)
    for (const { model, refused } of [selector, ...members.map(({ strict }) => strict)]) {
      expect(refused).toEqual([])
      for (const prompt of model.prompts) expect(violationsIn(prompt)).toEqual([])
    }
    expect(selector.largest()).toBeGreaterThan(WINDOW / 2)
    expect(selector.model.requests.filter((request) => purposeOf(request) === 'summary')).toHaveLength(1)
    expect(JSON.stringify(selector.model.prompts)).not.toContain(SECRET)
    const sees = members.map(({ name, strict }) => [name, JSON.stringify(strict.model.prompts).includes(SECRET)])
    expect(sees).toEqual([
      ['planner', true],
      ['engineer', true],
      ['critic', false],
    ])
    // Task and introductions stay to the end.
    const last = members[2]?.strict.model.prompts.at(-1)
    expect([textIn(last?.[1]), textIn(last?.[2])].join()).toContain(TASK)
    expect([textIn(last?.[1]), textIn(last?.[2])].join()).toContain('planner')
  })

  test('a society answers out of a long talk inside of it', async () => {
    const strict = strictModel(WINDOW, (request, index) =>
      purposeOf(request) === 'prepare-response' ? 'In short: a valve.' : words('a member', index),
    )
    const llmConfig = { model: strict.model, contextWindow }
    const inner = ['a', 'b'].map((name) => new AssistantAgent({ name, llmConfig, maxConsecutiveAutoReply: Infinity }))
    const chatManager = new GroupChatManager({
      groupChat: { agents: inner, speakerSelectionMethod: 'round_robin', maxRound: 100 },
    })
    const society = new SocietyOfMindAgent({ name: 'society', chatManager, llmConfig })
    const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER' })
    const result = await user.initiateChat(society, { message: TASK, maxTurns: 1 })
    expect(result.summary).toBe('In short: a valve.')
    expect(strict.refused).toEqual([])
    expect(purposeOf(strict.model.requests.at(-1) ?? { prompt: [] })).toBe('prepare-response')
    expect(JSON.stringify(strict.model.prompts.at(-1))).toContain(TASK)
  })
})

test('without a window the same chat overflows', async () => {
  const strict = strictModel(WINDOW, (_request, index) => words('the analyst', index))
  const assistant = new AssistantAgent({ name: 'assistant', llmConfig: { model: strict.model } })
  const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER', defaultAutoReply: words('the user', 1) })
  await user.initiateChat(assistant, { message: TASK, maxTurns: 200 }).catch(() => {})
  expect(strict.refused).toHaveLength(1)
})
