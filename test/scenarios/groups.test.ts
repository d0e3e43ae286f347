import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import {
  AssistantAgent,
  type ConversableAgent,
  GroupChatManager,
  SocietyOfMindAgent,
  textOf,
  tool,
  type Agent,
  type ChatContext,
  type ChatEvent,
  type ChatResult,
  type GroupChatOptions,
} from 'conversable'
import { ScriptedModel, scriptedPerson } from 'conversable/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { collect, echo, lines, proxy, scripted } from './support.ts'

/** Agents that say their name and how many messages they see. */
function speakers(...names: readonly string[]): ConversableAgent[] {
  return names.map((name) =>
    echo(name, '-', { maxConsecutiveAutoReply: Infinity }).registerReply(undefined, ({ messages }) => ({
      message: `${name} ${messages.length}`,
    })),
  )
}

function roundRobin(
  agents: readonly Agent[],
  options: Partial<GroupChatOptions> = {},
  name = 'chat_manager',
): GroupChatManager {
  return new GroupChatManager({ name, groupChat: { agents, speakerSelectionMethod: 'round_robin', ...options } })
}

function first(agents: readonly ConversableAgent[]): ConversableAgent {
  const [agent] = agents
  if (!agent) throw new Error('There is no agent.')
  return agent
}

describe.each([0, 1, 2])('limits of a group, %i levels down', (depth) => {
  test.each([0, 1, 2, 50])('maxRound %i is that many messages, the opening one counted', async (maxRound) => {
    let held: ChatResult | undefined
    const hold = async (parent?: ChatContext): Promise<string> => {
      const agents = speakers('a', 'b', 'c')
      held = await first(agents).initiateChat(roundRobin(agents, { maxRound }), {
        message: 'go',
        ...(parent && { parent }),
      })
      return held.summary
    }
    const level = async (left: number, parent?: ChatContext): Promise<string> => {
      if (left === 0) return hold(parent)
      const inner = echo(`inner${left}`, '-').registerReply(undefined, async (turn) => ({
        message: await level(left - 1, turn),
      }))
      return (
        await echo(`outer${left}`, '-').initiateChat(inner, { message: 'go', maxTurns: 1, ...(parent && { parent }) })
      ).summary
    }
    await level(depth)
    expect(held?.chatHistory).toHaveLength(maxRound)
    expect(held?.stopReason).toEqual({ rule: 'max-rounds', agent: 'chat_manager', turn: Math.max(0, maxRound - 1) })
  })
})

test('a member that stops ends the group, and the reason names it', async () => {
  const [a, b] = speakers('a', 'b')
  const quiet = echo('quiet', '-', { defaultAutoReply: null })
  const result = await first([a, b].filter((one) => one !== undefined)).initiateChat(
    roundRobin([a, b, quiet].filter((one) => one !== undefined)),
    { message: 'go' },
  )
  expect(result.stopReason).toEqual({ rule: 'no-reply', agent: 'quiet', turn: 2 })
})

test('a group that goes round in circles is ended with the evidence', async () => {
  const agents = [echo('a', 'You do it, b.'), echo('b', 'You do it, a.')]
  const manager = roundRobin(agents, { maxRound: 100, allowRepeatSpeaker: false })
  const result = await first(agents).initiateChat(manager, { message: 'Who does it?' })
  expect(result.stopReason).toMatchObject({ rule: 'no-progress' })
  expect(result.stopReason.evidence).toHaveLength(6)
  const off = await first(agents).initiateChat(roundRobin(agents, { maxRound: 30, noProgress: false }), {
    message: 'Who does it?',
  })
  expect(off.chatHistory).toHaveLength(30)
})

test('one manager serves 200 chats at once', async () => {
  const agents = ['a', 'b', 'c'].map((name) =>
    echo(name, '-').registerReply(undefined, async ({ messages }) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
      return {
        message: `${name} on ${/canary-\d+/.exec(messages[0] ? textOf(messages[0]) : '')?.[0]} after ${messages.length}`,
      }
    }),
  )
  const manager = roundRobin(agents, { maxRound: 8 })
  const results = await Promise.all(
    Array.from({ length: 200 }, (_none, n) => first(agents).initiateChat(manager, { message: `canary-${n} sings` })),
  )
  for (const [n, { chatHistory }] of results.entries()) {
    const expected = ['b', 'c', 'a', 'b', 'c', 'a', 'b'].map(
      (name, index) => `${name}: ${name} on canary-${n} after ${index + 1}`,
    )
    expect(lines(chatHistory)).toEqual([`a: canary-${n} sings`, ...expected])
  }
})

test('the summary for an initiator from outside is the group’s last word, and usage counts everybody', async () => {
  const { agent: poet } = scripted('poet', () => 'Roses are red.')
  const { agent: critic } = scripted('critic', () => 'Violets are blue.')
  const { model } = scripted('selector', ['poet', 'critic'])
  const manager = new GroupChatManager({ llmConfig: { model }, groupChat: { agents: [poet, critic], maxRound: 3 } })
  const result = await proxy().initiateChat(manager, { message: 'A poem, please.' })
  expect(result.summary).toBe('Violets are blue.')
  expect(result.usage.byAgent).toMatchObject({ chat_manager: { calls: 2 }, poet: { calls: 1 }, critic: { calls: 1 } })
})

test('a manager as a member answers with the summary of its own group', async () => {
  const team = roundRobin(speakers('x', 'y'), { maxRound: 3 }, 'team')
  const [lead] = speakers('lead')
  const outer = roundRobin([first([lead].filter((one) => one !== undefined)), team], { maxRound: 2 })
  const result = await proxy().initiateChat(outer, { message: 'Ask the team.' })
  expect(lines(result.chatHistory)).toEqual(['user: Ask the team.', 'lead: lead 1'])
  const both = roundRobin([team, first([lead].filter((one) => one !== undefined))], { maxRound: 3 })
  const longer = await proxy().initiateChat(both, { message: 'Ask the team.' })
  expect(lines(longer.chatHistory)).toEqual(['user: Ask the team.', 'team: y 2', 'lead: lead 2'])
})

test('a group inside a nested chat, and a nested chat inside a group', async () => {
  const inner = roundRobin(speakers('x', 'y'), { maxRound: 3 }, 'team')
  const writer = echo('writer', '-').registerNestedChats([{ recipient: inner, message: 'Discuss.' }], {
    trigger: 'chat_manager',
  })
  const agents = [...speakers('a'), writer]
  const result = await first(agents).initiateChat(roundRobin(agents, { maxRound: 2 }), { message: 'go' })
  expect(lines(result.chatHistory)).toEqual(['a: go', 'writer: y 2'])
})

test('a society of mind is one agent outside and a group inside', async () => {
  const society = new SocietyOfMindAgent({
    name: 'society',
    humanInputMode: 'NEVER',
    chatManager: roundRobin(speakers('x', 'y'), { maxRound: 3 }),
  })
  const result = await proxy().initiateChat(society, { message: 'Think.', maxTurns: 1 })
  expect(lines(result.chatHistory)).toEqual(['user: Think.', 'society: y 2'])
  const broken = new SocietyOfMindAgent({
    name: 'society',
    humanInputMode: 'NEVER',
    chatManager: roundRobin([...speakers('x'), scripted('y', [{ error: 'no' }]).agent]),
  })
  await expect(proxy().initiateChat(broken, { message: 'Think.', maxTurns: 1 })).rejects.toThrow(
    'failed with status 400',
  )
})

describe('who sees which message', () => {
  test('a message can be kept to some members: out of prompts, selections, summaries and carryover', async () => {
    const { agent: alice, model: seenByAlice } = scripted('alice', () => 'Good morning.')
    const { agent: bob, model: seenByBob } = scripted('bob', () => 'Good evening.')
    const { model: selector } = scripted('selector', ['alice', 'bob', 'alice', 'They met.'])
    const spy = echo('spy', '-').registerReply(undefined, () => ({
      message: { content: 'The password is swordfish.', visibleTo: ['alice'] },
    }))
    const manager = new GroupChatManager({
      llmConfig: { model: selector },
      groupChat: { agents: [spy, alice, bob], maxRound: 4 },
    })
    const results = await proxy().initiateChats([
      {
        sender: spy,
        recipient: manager,
        message: { content: 'The password is swordfish.', visibleTo: ['alice'] },
        summaryMethod: 'reflection_with_llm',
      },
    ])
    expect(JSON.stringify(seenByAlice.prompts)).toContain('swordfish')
    expect(JSON.stringify(seenByBob.prompts)).not.toContain('swordfish')
    expect(JSON.stringify(selector.prompts.slice(0, 3))).not.toContain('swordfish')
    // The initiator said it itself, so its own summary may speak of it.
    expect(results[0]?.summary).toBe('They met.')
    expect(results[0]?.chatHistory[0]).toMatchObject({ visibleTo: ['alice'] })
  })

  test('a summary holds nothing that the initiator may not see', async () => {
    const secretive = echo('secretive', '-').registerReply(undefined, () => ({
      message: { content: 'Between us: swordfish.', visibleTo: ['alice'] },
    }))
    const alice = echo('alice', 'Thank you for that.', {
      defaultAutoReply: { content: 'swordfish it is', visibleTo: ['secretive'] },
    })
    const results = await proxy().initiateChats([
      { recipient: roundRobin([secretive, alice], { maxRound: 3 }), message: 'What is it?' },
      { recipient: echo('b', 'b'), message: 'And then?', maxTurns: 1 },
    ])
    expect(results[0]?.summary).toBe('What is it?')
    expect(JSON.stringify(results[1]?.chatHistory)).not.toContain('swordfish')
  })

  test('a rule of the group can say it for every message', async () => {
    const agents = speakers('a', 'b', 'c')
    const visibleTo: GroupChatOptions['visibleTo'] = (_message, sender) => (sender === 'b' ? ['a'] : undefined)
    const result = await first(agents).initiateChat(roundRobin(agents, { maxRound: 4, visibleTo }), { message: 'go' })
    expect(lines(result.chatHistory)).toEqual(['a: go', 'b: b 1', 'c: c 1', 'a: a 3'])
  })
})

test('in a group with a nested chat and an agent behind a tool every event says where it happened', async () => {
  const expert = scripted('expert', () => 'Ask a lawyer.').agent
  const ask = tool({
    name: 'ask',
    description: 'Asks an expert.',
    parameters: z.object({}),
    ownSteps: true,
    execute: async (_args, context) =>
      (await proxy({ name: 'clerk' }).initiateChat(expert, { message: 'May we?', maxTurns: 1, parent: context }))
        .summary,
  })
  const { agent: planner } = scripted('planner', [{ toolCalls: [{ name: 'ask' }] }, 'Then we ask a lawyer.'])
  planner.registerForLLM(ask)
  const runner = echo('runner', '-').registerForExecution(ask)
  const critic = scripted('critic', () => 'Sound advice.').agent
  const writer = echo('writer', '-').registerNestedChats([{ recipient: critic, message: 'Review.', maxTurns: 1 }], {
    trigger: 'chat_manager',
  })
  const manager = roundRobin([planner, runner, writer], { maxRound: 4 })
  const run = proxy().initiateChat(manager, { message: 'May we?' })
  const events = await collect(run)
  const paths = (type: ChatEvent['type']): string[] => [
    ...new Set(events.flatMap((event) => (event.type === type ? [event.path.join(' > ')] : []))),
  ]
  expect(paths('text-delta')).toEqual(['chat_manager > runner > expert', 'chat_manager > writer > critic'])
  expect(paths('message')).toEqual([
    'user',
    'chat_manager > planner',
    'chat_manager > runner > clerk',
    'chat_manager > runner > expert',
    'chat_manager > runner',
    'chat_manager > writer > writer',
    'chat_manager > writer > critic',
    'chat_manager > writer',
  ])
  const inGroup = events.flatMap((event) =>
    event.type === 'message' && event.path[0] === 'chat_manager' && event.path.length === 2 ? [event.message.name] : [],
  )
  expect(inGroup).toEqual(['planner', 'runner', 'writer'])
  expect((await run.outcome).usage.byAgent).toMatchObject({
    planner: { calls: 1 },
    expert: { calls: 1 },
    critic: { calls: 1 },
  })
})

test('what members and selector are sent grows at the end, in a group that a model leads', async () => {
  const names = ['a', 'b', 'c', 'd']
  const members = names.map((name) =>
    scripted(name, (_request, index) => `${name} says something new for the ${index}th time, at some length.`),
  )
  const { model: selector } = scripted('selector', (_request, index) => names[(index * 3 + 1) % 4] ?? 'a')
  const manager = new GroupChatManager({
    llmConfig: { model: selector },
    groupChat: { agents: members.map(({ agent }) => agent), maxRound: 40 },
  })
  await proxy().initiateChat(manager, { message: 'Begin.' })
  for (const model of [...members.map((member) => member.model), selector]) {
    let repeated = 0
    let sent = 0
    for (const [index, prompt] of model.prompts.slice(1).entries()) {
      const before = (model.prompts[index] ?? []).map((message) => JSON.stringify(message))
      const now = prompt.map((message) => JSON.stringify(message))
      const common = now.findIndex((message, at) => message !== before[at])
      // What is not repeated of the request before: at most the question at its end.
      expect(before.length - (common === -1 ? before.length : common)).toBeLessThanOrEqual(1)
      repeated += now.slice(0, common).join('').length
      sent += before.join('').length
    }
    expect(repeated / sent).toBeGreaterThan(0.95)
  }
})

test('a model of a provider reads in the text who said what in a group, and selector and summary do, too', async () => {
  const provider = { speakerNames: 'text' as const }
  const bobModel = new ScriptedModel(['I am bob.'])
  const bob = new AssistantAgent({
    name: 'bob',
    systemMessage: 'You are bob.',
    llmConfig: { model: bobModel, ...provider },
  })
  const model = new ScriptedModel(['bob', 'They met.'])
  const manager = new GroupChatManager({
    llmConfig: { model, ...provider },
    groupChat: { agents: [echo('alice', '-'), bob], maxRound: 2 },
  })
  await echo('carol', '-').initiateChat(manager, { message: 'Who are you?', summaryMethod: 'reflection_with_llm' })
  const texts = (prompt: LanguageModelV4Prompt): string[] =>
    prompt.flatMap(({ role, content }) =>
      typeof content === 'string'
        ? []
        : content.flatMap((part) => (part.type === 'text' ? [`${role} ${part.text}`] : [])),
    )
  expect(texts(model.prompts[0] ?? [])).toEqual(['user carol: Who are you?'])
  expect(texts(model.prompts[1] ?? [])).toEqual(['user carol: Who are you?', 'user bob: I am bob.'])
  expect(texts(bobModel.prompts[0] ?? [])).toEqual(['user carol: Who are you?'])
})

test('a person picks the speakers, with three tries', async () => {
  const agents = speakers('a', 'b', 'c')
  const person = scriptedPerson(['3', '9', 'x', '0', 'q'])
  const manager = new GroupChatManager({
    humanInput: person.humanInput,
    groupChat: { agents, maxRound: 4, speakerSelectionMethod: 'manual' },
  })
  const run = first(agents).initiateChat(manager, { message: 'go' })
  const notices = (await collect(run)).flatMap((event) => (event.type === 'notice' ? [event.text.split('\n')[0]] : []))
  expect(lines((await run.outcome).chatHistory)).toEqual(['a: go', 'c: c 1', 'a: a 2', 'b: b 3'])
  expect(notices.at(-2)).toBe('You have tried 3 times. The next speaker will be selected automatically.')
  person.assertUsedUp()
})

test('a resumed group goes on from a stored transcript, everybody under its own name', async () => {
  const agents = speakers('a', 'b', 'c')
  const manager = roundRobin(agents, { maxRound: 3 })
  const before = await first(agents).initiateChat(manager, { message: 'go' })
  const stored = JSON.parse(JSON.stringify(before.chatHistory)) as ChatResult['chatHistory']
  const { lastSpeaker, ...opening } = manager.resume(stored)
  const after = await agents[2]?.initiateChat(manager, opening)
  expect(lastSpeaker).toBe(agents[2])
  expect(lines(after?.chatHistory ?? [])).toEqual(['a: go', 'b: b 1', 'c: c 2', 'a: a 3', 'b: b 4'])
})
