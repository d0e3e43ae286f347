import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { CodeExecutorError } from '../../errors/code-executor-error.ts'
import { ModelError } from '../../errors/model-error.ts'
import type { EventBody } from '../../event.ts'
import type { Runtime } from '../../ports/runtime.ts'
import { TapePlayer } from './tape-player.ts'
import { TapeRecorder } from './tape-recorder.ts'

type Program = (runtime: Runtime, note: (text: string) => void) => Promise<unknown>

async function notesOf(program: Program, runtime: Runtime): Promise<string[]> {
  const notes: string[] = []
  await program(runtime, (text) => notes.push(text))
  return notes
}

/** What a program notes when it is recorded, and when it is played. */
async function both(program: Program): Promise<{ readonly recorded: string[]; readonly played: string[] }> {
  const recorder = new TapeRecorder()
  const recorded = await notesOf(program, recorder)
  const player = new TapePlayer(recorder.text())
  const played = await notesOf(program, player)
  player.assertUsedUp()
  return { recorded, played }
}

test('clock, chance, ids and results come from the tape', async () => {
  const { recorded, played } = await both(async (runtime, note) => {
    note(String(runtime.now()))
    note(String(runtime.random()))
    note(runtime.uuid())
    note(await runtime.step('s', () => crypto.randomUUID()))
    note(await runtime.step('s', () => crypto.randomUUID()))
    note(String(await runtime.step('nothing', () => undefined)))
    note(runtime.uuid())
  })
  expect(played).toEqual(recorded)
  expect(recorded.slice(2, 3)).toEqual(['id-1'])
  expect(recorded.slice(5)).toEqual(['null', 'id-2'])
})

test('steps side by side end in the recorded order, however long their ways are', async () => {
  const waits = new Map(Object.entries({ a: 30, b: 1, c: 15, d: 1 }))
  const { recorded, played } = await both(async (runtime, note) => {
    const branch = async (name: string, ticks: number): Promise<void> => {
      const emit = (event: EventBody): void => note(`${name} says ${event.type === 'notice' ? event.text : ''}`)
      const work = async (say: (event: EventBody) => void): Promise<string> => {
        say({ type: 'notice', text: 'first' })
        await sleep(waits.get(name))
        say({ type: 'notice', text: 'second' })
        return name
      }
      const result = await runtime.step(name, work, { agent: 'x', emit })
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
      note(`${result} is done`)
      await runtime.step(`${name}.after`, () => name)
      note(`${name} is over`)
    }
    await Promise.all([branch('a', 1), branch('b', 100), branch('c', 20), branch('d', 3)])
  })
  expect(recorded.filter((text) => text.endsWith('done'))).toEqual(['b is done', 'd is done', 'c is done', 'a is done'])
  expect(played).toEqual(recorded)
})

test.each([
  [
    'a model',
    new ModelError('is busy.', { modelId: 'a/b', status: 429, retryable: true, partialText: 'So' }),
    ModelError,
  ],
  ['an executor', new CodeExecutorError('It is gone.', { retryable: false }), CodeExecutorError],
  ['the run', new DOMException('The run was left.', 'AbortError'), Error],
])('an error of %s is thrown again, of its class and with its fields', async (_what, error, kind) => {
  const program: Program = async (runtime, note) => {
    const thrown: unknown = await runtime.step('s', () => Promise.reject(error)).catch((one: unknown) => one)
    expect(thrown).toBeInstanceOf(kind)
    const { name, message } = thrown as Error
    note(JSON.stringify({ name, message, ...Object(thrown) }))
  }
  const { recorded, played } = await both(program)
  expect(JSON.parse(played[0] ?? '')).toMatchObject(JSON.parse(recorded[0] ?? '') as object)
})

test('what is thrown and is no error comes back as it was', async () => {
  const value: unknown = { reason: 7 }
  const program: Program = (runtime, note) =>
    runtime.step('s', () => Promise.reject(value)).catch((thrown: unknown) => note(JSON.stringify(thrown)))
  expect((await both(program)).played).toEqual(['{"reason":7}'])
})

test('steps inside of a step belong to it', async () => {
  const recorder = new TapeRecorder()
  const program = (runtime: Runtime): Promise<string> =>
    runtime.step('outer', () => (runtime.inside ?? runtime).step('inner', () => 'made inside'))
  await program(recorder)
  expect(recorder.toJSON().steps.map(({ step }) => step)).toEqual(['outer'])
  expect(await program(new TapePlayer(recorder.toJSON()))).toBe('made inside')
})

test('a step that was not done when the recording ended fails and says so', async () => {
  const recorder = new TapeRecorder()
  void recorder.step('c/3/coder.model', () => new Promise(() => {}), { agent: 'coder', input: () => ({ a: 1 }) })
  const player = new TapePlayer(recorder.text())
  const run = player.step('c/3/coder.model', () => 1, { agent: 'coder', input: () => ({ a: 1 }) })
  await expect(run).rejects.toThrow(
    'agent "coder", turn 3: the step "c/3/coder.model" was not done when the recording ended',
  )
})

test('a result that JSON cannot write is refused when it is recorded', async () => {
  await expect(new TapeRecorder().step('s', () => 1n)).rejects.toThrow(
    'The step "s" cannot be kept on a tape: Do not know how to serialize a BigInt',
  )
})

test('after the first thing that is not as recorded, everything fails with the same error', async () => {
  const recorder = new TapeRecorder()
  await recorder.step('c/1/a.model', () => 1, { agent: 'a', input: () => ({ x: [{ y: 1 }] }) })
  await recorder.step('c/2/b.model', () => 1, { agent: 'b' })
  const player = new TapePlayer(recorder.toJSON())
  const first = player.step('c/1/a.model', () => 1, { agent: 'a', input: () => ({ x: [{ y: 2 }] }) })
  const problem = 'agent "a", turn 1, x[0].y: recorded 1, now 2. If the change is meant, record the tape again.'
  await expect(first).rejects.toThrow(problem)
  await expect(player.step('c/2/b.model', () => 1, { agent: 'b' })).rejects.toThrow(problem)
  expect(() => player.assertUsedUp()).toThrow(problem)
})

test('chance that is asked more often, or less often, fails; a clock goes on with its last word', () => {
  const recorder = new TapeRecorder()
  const chance = recorder.random()
  const time = recorder.now()
  const player = new TapePlayer(recorder.toJSON())
  expect([player.random(), player.now(), player.now()]).toEqual([chance, time, time])
  expect(() => player.random()).toThrow(
    'Chance is asked more often than when the tape was recorded, which was 1 times.',
  )
  expect(() => new TapePlayer(recorder.toJSON()).assertUsedUp()).toThrow('Chance was asked 1 times less')
})

test('a tape on which a step goes on after its end is refused', () => {
  const steps = [
    { step: 'a', result: 1 },
    { step: 'a', result: 2 },
  ]
  expect(() => new TapePlayer({ format: 'conversable-tape', version: 1, steps })).toThrow(
    'On the tape, the step "a" goes on after its end.',
  )
})
