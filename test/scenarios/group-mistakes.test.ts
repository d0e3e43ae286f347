import { GroupChatManager, type GroupChatOptions } from 'conversable'
import { expect, test } from 'vitest'
import { echo, proxy, scripted } from './support.ts'

const untyped = (value: unknown): never => value as never
const [a, b, c] = [echo('a', 'a'), echo('b', 'b'), echo('c', 'c')]
const stranger = echo('stranger', '-')

test.each<[string, string, Partial<GroupChatOptions>, string]>([
  [
    'doubled names',
    'duplicate-agent',
    { agents: [a, b, echo('a', 'other')] },
    'Agent "a" is twice in the group. Give each agent a name of its own.',
  ],
  ['one member', 'too-few-agents', { agents: [a] }, 'The group of "chat_manager" has 1 members. Give it at least 2'],
  [
    'no list of members',
    'invalid-option',
    { agents: untyped('a, b') },
    'The agents of the group of "chat_manager" are "a, b". Give a list of agents.',
  ],
  [
    'an unknown method',
    'unknown-selection-method',
    { speakerSelectionMethod: untyped('lottery') },
    'is to select speakers by "lottery". Use one of auto, manual, random, round_robin',
  ],
  ['half a round', 'invalid-option', { maxRound: 2.5 }, 'The group of "chat_manager" has 2.5 as maxRound.'],
  [
    'a negative number of retries',
    'invalid-option',
    { maxRetriesForSelectingSpeaker: -1 },
    'has -1 as maxRetriesForSelectingSpeaker.',
  ],
  [
    'a stranger in the transitions',
    'unknown-member',
    { speakerTransitions: { a: ['d'], b: [], c: [] }, speakerTransitionsType: 'allowed' },
    'name "d", who is no member. Members are "a", "b", "c".',
  ],
  [
    'a stranger as a key of the transitions',
    'unknown-member',
    { speakerTransitions: { a: [], b: [], c: [], d: [] }, speakerTransitionsType: 'allowed' },
    'name "d", who is no member.',
  ],
  [
    'a member that the transitions leave out',
    'unknown-member',
    { speakerTransitions: { a: ['b'], b: ['a'] }, speakerTransitionsType: 'allowed' },
    'do not say who may follow "c". Write c: [] if the chat ends there.',
  ],
  [
    'a dead end by forbidding everything',
    'unknown-member',
    { speakerTransitions: { a: ['a', 'b', 'c'] }, speakerTransitionsType: 'disallowed' },
    'let nobody follow "a".',
  ],
  [
    'transitions without their type',
    'transitions-type',
    { speakerTransitions: { a: [], b: [], c: [] } },
    "has undefined as speakerTransitionsType. Use 'allowed' or 'disallowed'.",
  ],
  [
    'transitions and repeats',
    'transitions-and-repeat',
    { speakerTransitions: { a: [], b: [], c: [] }, speakerTransitionsType: 'allowed', allowRepeatSpeaker: false },
    'has both speakerTransitions and allowRepeatSpeaker.',
  ],
  [
    'a stranger among those that may repeat',
    'unknown-member',
    { allowRepeatSpeaker: [stranger] },
    'names "stranger", who is no member.',
  ],
  [
    'an empty template',
    'invalid-option',
    { selectSpeakerMessageTemplate: '' },
    'has "" as selectSpeakerMessageTemplate. Give a text.',
  ],
  [
    'an unknown role',
    'invalid-option',
    { roleForSelectSpeakerMessages: untyped('boss') },
    'has "boss" as roleForSelectSpeakerMessages.',
  ],
  [
    'an unknown option',
    'unknown-option',
    untyped({ maxRounds: 3 }),
    'has no option "maxRounds". Did you mean "maxRound"?',
  ],
])('a group with %s is refused when it is built', (_what, code, options, message) => {
  const build = (): GroupChatManager => new GroupChatManager({ groupChat: { agents: [a, b, c], ...options } })
  expect(build).toThrow(message)
  expect(build).toThrow(expect.objectContaining({ name: 'ConfigurationError', code }))
})

test('a manager suggests no tools', () => {
  const { model } = scripted('m', [])
  const manager = new GroupChatManager({ llmConfig: { model }, groupChat: { agents: [a, b] } })
  expect(() => manager.registerForLLM()).toThrow(
    'The manager "chat_manager" cannot suggest tools. Register them with a member of its group.',
  )
})

test.each<[string, unknown, string]>([
  ['an outsider', stranger, 'gave agent "stranger", who is not in the group. Its members are "a", "b".'],
  ['rubbish', 7, 'is to select speakers by 7.'],
  ['the name of no method', 'bogus', 'is to select speakers by "bogus".'],
])('a selection function that gives %s ends the run with the transcript', async (_what, choice, message) => {
  const manager = new GroupChatManager({ groupChat: { agents: [a, b], speakerSelectionMethod: () => untyped(choice) } })
  const run = proxy().initiateChat(manager, { message: 'go' })
  await expect(run).rejects.toThrow(message)
  expect((await run.outcome).chatHistory).toHaveLength(1)
})

test('a call that nobody can run is a mistake of the setup', async () => {
  const { agent } = scripted('caller', [{ toolCalls: [{ name: 'fly' }] }])
  const manager = new GroupChatManager({ groupChat: { agents: [agent, a], speakerSelectionMethod: 'round_robin' } })
  await expect(proxy().initiateChat(manager, { message: 'go' })).rejects.toThrow(
    'Nobody in the group can run "fly". Register the tool for execution with a member',
  )
})

test('a transcript of strangers is not resumed', () => {
  const manager = new GroupChatManager({ groupChat: { agents: [a, b] } })
  const message = (name: string) => ({ id: 'x/0', name, content: 'hi' })
  expect(() => manager.resume([message('d')])).toThrow(
    'a message by "d", who is not in the group. Its members are "a", "b".',
  )
  expect(() => manager.resume([])).toThrow('no message at all')
  expect(() => manager.resume([message('chat_manager')])).toThrow('a last message by its manager')
})
