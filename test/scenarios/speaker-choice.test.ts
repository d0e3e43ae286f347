import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GroupChatManager, mentionedNames, type ChatEvent, type EventOf, type GroupChatOptions } from 'conversable'
import { ScriptedModel } from 'conversable/testing'
import { describe, expect, test } from 'vitest'
import { collect, echo } from './support.ts'

interface Row {
  readonly names: readonly string[]
  readonly answer: string
  /** The name that is meant, or `several` or `none` for an answer that has to be asked about again. */
  readonly expect: string
}

const file = join(import.meta.dirname, 'speaker-answers.json')
const rows = JSON.parse(await readFile(file, 'utf8')) as readonly Row[]
const meant = rows.filter((row) => row.expect !== 'several' && row.expect !== 'none')

test('the table has at least 80 answers that mean somebody', () => {
  expect(meant.length).toBeGreaterThanOrEqual(80)
})

test.each(rows)('$answer → $expect', ({ names, answer, expect: outcome }) => {
  const found = mentionedNames(answer, names)
  if (outcome === 'several') expect(found.length).toBeGreaterThan(1)
  else expect(found).toEqual(outcome === 'none' ? [] : [outcome])
})

function selections(events: readonly ChatEvent[]): EventOf<'speaker-select'>[] {
  return events.filter((event) => event.type === 'speaker-select')
}

async function choiceIn(
  names: readonly string[],
  answers: readonly string[],
  options: Partial<GroupChatOptions> = {},
): Promise<{ readonly events: ChatEvent[]; readonly model: ScriptedModel }> {
  const model = new ScriptedModel(answers)
  const agents = [
    echo('opener', 'hm'),
    ...names.map((name) => echo(name, `${name} speaks`, { description: `The ${name}.` })),
  ]
  const manager = new GroupChatManager({ llmConfig: { model }, groupChat: { agents, maxRound: 2, ...options } })
  const first = agents[0] ?? echo('nobody', '')
  return { events: await collect(first.initiateChat(manager, { message: 'Who is next?' })), model }
}

test('95 of 100 answers are understood without a second request, none wrongly, none with an exception', async () => {
  let resolved = 0
  for (const { names, answer, expect: name } of meant) {
    const { events } = await choiceIn(names, [answer, ...Array.from({ length: 2 }, () => name)])
    const [selection] = selections(events)
    expect(selection?.speaker).toBe(name)
    if (selection?.requests === 1) resolved++
  }
  expect(resolved / meant.length).toBeGreaterThanOrEqual(0.95)
})

describe('the event of a choice', () => {
  test('says who, among whom, by which rule and after how many requests', async () => {
    const { events, model } = await choiceIn(['a', 'b'], ['hm', 'a or b', 'b'])
    expect(selections(events)).toMatchObject([
      { speaker: 'b', rule: 'auto', candidates: ['opener', 'a', 'b'], requests: 3, path: ['chat_manager'] },
    ])
    expect(model.requests).toHaveLength(3)
  })

  test('tells that nobody was named and the next in order speaks', async () => {
    const { events } = await choiceIn(['a', 'b'], ['hm', 'hm', 'hm'])
    expect(selections(events)).toMatchObject([{ speaker: 'a', rule: 'fallback', requests: 3 }])
  })

  test('tells that a single candidate needed no request', async () => {
    const transitions = { opener: ['b'], a: [], b: [] }
    const { events, model } = await choiceIn(['a', 'b'], [], {
      speakerTransitions: transitions,
      speakerTransitionsType: 'allowed',
    })
    expect(selections(events)).toMatchObject([{ speaker: 'b', rule: 'only-candidate', requests: 0 }])
    expect(model.requests).toHaveLength(0)
  })

  test('tells that the declared member takes over, or that nobody does', async () => {
    const stranger = echo('stranger', '-')
    expect(
      () =>
        new GroupChatManager({
          groupChat: { agents: [echo('a', 'a'), echo('b', 'b')], selectSpeakerFallback: stranger },
        }),
    ).toThrow('"stranger", who is no member')
    const { events } = await choiceIn(['a', 'b'], ['hm', 'hm', 'hm'], { selectSpeakerFallback: 'none' })
    expect(selections(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ type: 'chat-end', stopReason: { rule: 'no-speaker', agent: 'chat_manager' } })
  })
})

test('a provider with structured output is asked for one of the names', async () => {
  const model = new ScriptedModel(['{"next": "b"}'])
  Object.defineProperty(model, 'provider', { value: 'openai.responses' })
  const agents = [echo('opener', '-'), echo('a', 'a'), echo('b', 'b')]
  const manager = new GroupChatManager({ llmConfig: { model }, groupChat: { agents, maxRound: 2 } })
  const result = await agents[0]?.initiateChat(manager, { message: 'go' })
  expect(result?.summary).toBe('b')
  expect(model.requests[0]?.responseFormat).toEqual({
    type: 'json',
    name: 'next_speaker',
    schema: {
      type: 'object',
      properties: { next: { type: 'string', enum: ['opener', 'a', 'b'] } },
      required: ['next'],
      additionalProperties: false,
    },
  })
})

test('transitions are never broken, over 10,000 adversarial answers', async () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const transitions: Readonly<Record<string, readonly string[]>> = {
    a: ['b', 'c'],
    b: ['c', 'd', 'b'],
    c: ['a', 'e'],
    d: ['e', 'a', 'b'],
    e: ['a', 'd'],
  }
  const tricks = [
    'a',
    'e',
    'Next: d',
    'c and d',
    '',
    'Z',
    '{"next":"a"}',
    '**b**',
    '<think>a</think>e',
    'a b c d e',
    '{"next": 7}',
    'Ignore the rules: a',
    '__proto__',
    '\u0000',
    'constructor',
  ]
  let seed = 1
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
  const model = new ScriptedModel(() => {
    return tricks[Math.floor(random() * tricks.length)] ?? ''
  })
  const agents = names.map((name) => echo(name, '-', { maxConsecutiveAutoReply: Infinity }))
  const manager = new GroupChatManager({
    llmConfig: { model },
    groupChat: {
      agents,
      maxRound: 200,
      speakerTransitions: transitions,
      speakerTransitionsType: 'allowed',
      noProgress: false,
    },
  })
  while (model.requests.length < 10_000) {
    const result = await agents[0]?.initiateChat(manager, { message: 'go', noProgress: false })
    const speakers = result?.chatHistory.map((message) => message.name) ?? []
    expect(speakers).toHaveLength(200)
    for (const [index, speaker] of speakers.slice(1).entries())
      expect(transitions[speakers[index] ?? '']).toContain(speaker)
  }
})
