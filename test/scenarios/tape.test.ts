import {
  AssistantAgent,
  ConversableAgent,
  GroupChatManager,
  tool,
  UserProxyAgent,
  type ChatEvent,
  type ChatResult,
  type CodeExecutor,
  type HumanInput,
  type LlmConfig,
  type ModelSource,
  type Runtime,
} from 'conversable'
import { ScriptedExecutor, scriptedPerson, TapePlayer, TapeRecorder, type Script } from 'conversable/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { setTripwire } from '../tripwire.ts'
import { loopbackProvider } from './loopback-provider.ts'

/** What a group is made of, so that it can be built with a world around it, and without one. */
interface World {
  model(id: string): ModelSource
  readonly humanInput: HumanInput
  readonly executor: CodeExecutor
  /** Tells the population of a city, after some time. */
  count(city: string): Promise<number>
}

const POPULATION: Readonly<Record<string, number>> = { Rome: 2_800_000, Paris: 2_100_000 }

/** A selector, a researcher with two calls at once, a coder whose programs are run, a person, and a critic inside. */
function hold(world: World, runtime: Runtime, task = 'Compare Rome with Paris.') {
  const llmConfig = (id: string): LlmConfig => ({ model: world.model(id) })
  const population = tool({
    name: 'population',
    description: 'Tells how many people live in a city.',
    parameters: z.object({ city: z.string() }),
    execute: async ({ city }, { emit }) => {
      emit({ type: 'notice', text: `counting ${city}` })
      return world.count(city)
    },
  })
  const researcher = new AssistantAgent({ name: 'researcher', llmConfig: llmConfig('researcher') })
  const clerk = new UserProxyAgent({ name: 'clerk', humanInputMode: 'NEVER', defaultAutoReply: null })
  const coder = new AssistantAgent({ name: 'coder', llmConfig: llmConfig('coder') })
  const { executor, humanInput } = world
  const runner = new ConversableAgent({ name: 'runner', humanInputMode: 'NEVER', codeExecutionConfig: { executor } })
  const boss = new UserProxyAgent({ name: 'boss', humanInputMode: 'ALWAYS', humanInput })
  const writer = new AssistantAgent({ name: 'writer' })
  const critic = new AssistantAgent({ name: 'critic', llmConfig: llmConfig('critic') })
  researcher.registerForLLM(population)
  clerk.registerForExecution(population)
  writer.registerNestedChats([{ recipient: critic, maxTurns: 1 }], { trigger: 'manager' })
  const manager = new GroupChatManager({
    name: 'manager',
    llmConfig: llmConfig('selector'),
    groupChat: { agents: [researcher, clerk, coder, runner, boss, writer], maxRound: 8 },
  })
  const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER' })
  return user.initiateChat(manager, { message: task, runtime, summaryMethod: 'reflection_with_llm' })
}

async function seen(
  run: ReturnType<typeof hold>,
): Promise<{ readonly events: ChatEvent[]; readonly result: ChatResult }> {
  const events: ChatEvent[] = []
  run.subscribe((event) => events.push(event))
  return { result: await run, events }
}

/** Records the group against a server on this machine. */
async function record(): Promise<{ readonly recorder: TapeRecorder } & Awaited<ReturnType<typeof seen>>> {
  const provider = await loopbackProvider('sk-no-matter-which-key-this-is')
  const calls = [
    { id: 'rome', name: 'population', arguments: { city: 'Rome' } },
    { id: 'paris', name: 'population', arguments: { city: 'Paris' } },
  ]
  const scripts: Readonly<Record<string, Script>> = {
    researcher: [{ text: 'I ask twice.', toolCalls: calls }, 'Rome has more.'],
    coder: ['Let me compute that.\n```python\nprint(2800000 - 2100000)\n```'],
    critic: ['Rome is larger by 700,000 people.'],
    selector: ['researcher', 'I say: researcher.', 'coder', 'runner', 'boss', 'writer', 'Rome is larger.'],
  }
  const world: World = {
    model: (id) => provider.model(id, scripts[id] ?? []),
    humanInput: scriptedPerson(['Write it up.']).humanInput,
    executor: new ScriptedExecutor([{ exitCode: 0, output: '700000\n' }]),
    // Paris is counted before Rome.
    count: (city) =>
      new Promise((resolve) => setTimeout(() => resolve(POPULATION[city] ?? 0), city === 'Rome' ? 30 : 5)),
  }
  const recorder = new TapeRecorder()
  try {
    return { ...(await seen(hold(world, recorder))), recorder }
  } finally {
    await provider.close()
  }
}

/** A world in which everything fails that is not on the tape. */
const nothing: World = {
  model: (modelId) => ({
    specificationVersion: 'v4',
    provider: 'loopback',
    modelId,
    supportedUrls: {},
    speakerNames: 'metadata',
    doGenerate: () => Promise.reject(new Error('not asked')),
    doStream: () => fetch('https://models.example').then(() => ({ stream: new ReadableStream() })),
  }),
  humanInput: () => Promise.reject(new Error('nobody is there')),
  executor: new ScriptedExecutor([]),
  count: () => Promise.reject(new Error('not counted')),
}

// Recorded once: it holds no state that a replay changes.
const recording = record()

test('a recorded group is held again with the network blocked: the same events, ids and result', async () => {
  const recorded = await recording
  const player = new TapePlayer(recorded.recorder.text())
  const tripwire = setTripwire(() => false)
  const played = await seen(hold(nothing, player)).finally(() => tripwire.remove())

  expect(played.events).toEqual(recorded.events)
  expect(tripwire.refused).toEqual([])
  expect(JSON.stringify(played.result)).toBe(JSON.stringify(recorded.result))
  player.assertUsedUp()
  // What was recorded is no short story: two tools side by side that finished in another order, and all the rest.
  const results = played.events.flatMap((event) => (event.type === 'tool-result' ? [event.result.callId] : []))
  expect(results).toEqual(['paris', 'rome'])
  expect(played.result.chatHistory.map(({ name }) => name)).toEqual([
    'user',
    'researcher',
    'clerk',
    'researcher',
    'coder',
    'runner',
    'boss',
    'writer',
  ])
  const types = new Set(played.events.map((event) => event.type))
  for (const type of [
    'text-delta',
    'tool-call',
    'tool-start',
    'notice',
    'code-output',
    'human-answer',
    'speaker-select',
  ])
    expect(types).toContain(type)
  expect(played.result.summary).toBe('Rome is larger.')
})

test('a run that is held again can be walked through, and gives the same events to a reader that keeps up', async () => {
  const { recorder } = await recording
  const walk = async (): Promise<ChatEvent[]> => {
    const events: ChatEvent[] = []
    for await (const event of hold(nothing, new TapePlayer(recorder.toJSON()))) events.push(event)
    return events
  }
  expect(await walk()).toEqual(await walk())
})

test('a changed prompt fails, and the error names agent, turn and field', async () => {
  const { recorder } = await recording
  const player = new TapePlayer(recorder.toJSON())
  const run = hold(nothing, player, 'Compare Rome with Berlin.')
  await expect(run).rejects.toMatchObject({
    code: 'tape',
    step: 'id-1/1/manager.select-speaker.1.1',
    agent: 'manager',
    turn: 1,
    field: 'prompt[1].content[0].text',
    message:
      'agent "manager", turn 1 (select-speaker.1.1), prompt[1].content[0].text: recorded "Compare Rome with Paris.", now ' +
      '"Compare Rome with Berlin.". If the change is meant, record the tape again.',
  })
  // Whoever catches the error gets it once more.
  expect(() => player.assertUsedUp()).toThrow('agent "manager", turn 1')
})

test('what is on the tape and is not asked for fails, and so does what is asked for and is not on it', async () => {
  const { recorder } = await recording
  const tape = recorder.toJSON()
  const longer = new TapePlayer({ ...tape, steps: [...tape.steps, { step: 'id-1/9/coder.model', agent: 'coder' }] })
  await hold(nothing, longer)
  expect(() => longer.assertUsedUp()).toThrow(
    '1 of 16 steps on the tape were not asked for, beginning with agent "coder", turn 9: "id-1/9/coder.model". The run ' +
      'ended earlier than when it was recorded, or went another way.',
  )
  const shorter = new TapePlayer({ ...tape, steps: tape.steps.filter(({ step }) => step !== 'id-1/6/boss.human') })
  await expect(hold(nothing, shorter)).rejects.toThrow(
    'agent "boss", turn 6 (human): the step "id-1/6/boss.human" is not on the tape. The next one there is ' +
      '"id-1/1/manager.select-speaker.7.1".',
  )
})
