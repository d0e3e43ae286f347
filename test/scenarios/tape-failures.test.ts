import { ConversableAgent, tool, type ChatEvent, type Runtime } from 'conversable'
import { TapePlayer, TapeRecorder } from 'conversable/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { echo, proxy, scripted } from './support.ts'

/** The events of a chat that may fail or be cancelled, and why it ended. */
async function told(run: ReturnType<ConversableAgent['initiateChat']>, onEvent?: (event: ChatEvent) => void) {
  const events: ChatEvent[] = []
  run.subscribe((event) => {
    events.push(event)
    onEvent?.(event)
  })
  const { stopReason } = await run.outcome
  return { events, stopReason }
}

test('a chat that is cancelled in the middle of a word is cancelled there again', async () => {
  const play = (runtime: Runtime) => {
    const { agent } = scripted('assistant', [{ text: 'one two three four', wordDelayMs: 5 }])
    const run = proxy().initiateChat(agent, { message: 'go', runtime })
    return told(run, (event) => {
      if (event.type === 'text-delta' && event.delta.startsWith('two')) run.cancel()
    })
  }
  const recorder = new TapeRecorder()
  const recorded = await play(recorder)
  expect(recorded.stopReason.rule).toBe('aborted')
  expect(await play(new TapePlayer(recorder.text()))).toEqual(recorded)
})

test('a chat whose model fails, fails again with the same error', async () => {
  const play = (runtime: Runtime) => {
    const { agent } = scripted('assistant', [{ text: 'I was', breakAfterText: true }])
    return told(proxy().initiateChat(agent, { message: 'go', runtime }))
  }
  const recorder = new TapeRecorder()
  const recorded = await play(recorder)
  expect(recorded.stopReason).toMatchObject({
    rule: 'error',
    detail: 'Model "scripted/model" failed: the connection broke',
  })
  expect(await play(new TapePlayer(recorder.text()))).toEqual(recorded)
})

test('a call that was made again after a failure is told again, without a wait', async () => {
  const play = (runtime: Runtime) => {
    const { model } = scripted('assistant', [
      { error: 'busy', status: 503 },
      { error: 'busy', status: 429 },
      'TERMINATE',
    ])
    const llmConfig = { model, retry: { initialDelayMs: 1 } }
    const agent = new ConversableAgent({ name: 'assistant', humanInputMode: 'NEVER', llmConfig })
    return told(proxy().initiateChat(agent, { message: 'go', runtime }))
  }
  const recorder = new TapeRecorder()
  const recorded = await play(recorder)
  expect(recorded.events.filter(({ type }) => type === 'model-retry')).toHaveLength(2)
  const player = new TapePlayer(recorder.text())
  expect(await play(player)).toEqual(recorded)
  player.assertUsedUp()
})

test('a change in a chat inside a tool, which tells its model of every error, fails all the same', async () => {
  const play = (runtime: Runtime, question: string) => {
    const expert = scripted('expert', ['42']).agent
    const ask = tool({
      name: 'ask',
      description: 'Asks an expert.',
      parameters: z.object({}),
      ownSteps: true,
      execute: async (_none, context) => {
        const run = echo('clerk', '').initiateChat(expert, { message: question, maxTurns: 1, parent: context })
        return (await run).summary
      },
    })
    const { agent } = scripted('assistant', [{ toolCalls: [{ id: 'c', name: 'ask' }] }, 'TERMINATE'])
    return proxy().registerForExecution(ask).initiateChat(agent, { message: 'go', runtime })
  }
  const recorder = new TapeRecorder()
  await play(recorder, 'How many?')
  await play(new TapePlayer(recorder.toJSON()), 'How many?')
  await expect(play(new TapePlayer(recorder.toJSON()), 'How much?')).rejects.toThrow(
    'agent "expert", turn 1, prompt[1].content[0].text: recorded "How many?", now "How much?"',
  )
})

test('a model of another name, another setting and another tool are changes, too', async () => {
  const play = (
    runtime: Runtime,
    change: { readonly temperature?: number; readonly tool?: string; readonly blocks?: string },
  ) => {
    const { model } = scripted('assistant', ['hello'])
    const { temperature = 0, tool: name = 'look' } = change
    const agent = new ConversableAgent({ name: 'a', humanInputMode: 'NEVER', llmConfig: { model, temperature } })
    agent.registerForLLM({ name, description: 'Looks.', parameters: { type: 'object' } })
    return proxy().initiateChat(agent, { message: 'go', maxTurns: 1, runtime })
  }
  const recorder = new TapeRecorder()
  await play(recorder, {})
  const again = (change: Parameters<typeof play>[1]) => play(new TapePlayer(recorder.toJSON()), change)
  await expect(again({ temperature: 1 })).rejects.toThrow('agent "a", turn 1, temperature: recorded 0, now 1.')
  await expect(again({ tool: 'find' })).rejects.toThrow(
    'agent "a", turn 1, tools[0].name: recorded "look", now "find".',
  )
})
