// A run is recorded on a tape and held again from there, without its model and its tool; then somebody changes the
// system message, and the tape says where.
import { AssistantAgent, tool, UserProxyAgent, type ChatResult, type Runtime } from 'conversable'
import { ScriptedModel, TapeError, TapePlayer, TapeRecorder, type Script } from 'conversable/testing'

console.log('The model is scripted. With a real one the recording would be made once, and kept in a file.')

const asked: string[] = []
const departures = tool({
  name: 'departures',
  description: 'Lists the next trains.',
  parameters: { type: 'object', properties: { station: { type: 'string' } }, required: ['station'] },
  execute: ({ station }) => {
    asked.push(String(station))
    return ['14:02 to Basel', '14:31 to Bern']
  },
})

/** One clerk with a model, one traveller with a tool; all that the two take from outside goes through the runtime. */
function hold(runtime: Runtime, script: Script, systemMessage = 'You help travellers.'): PromiseLike<ChatResult> {
  const model = new ScriptedModel(script)
  const clerk = new AssistantAgent({ name: 'clerk', systemMessage, llmConfig: { model } })
  const traveller = new UserProxyAgent({ name: 'traveller', humanInputMode: 'NEVER' })
  clerk.registerForLLM(departures)
  traveller.registerForExecution(departures)
  return traveller.initiateChat(clerk, { message: 'When is the next train to Bern?', maxTurns: 2, runtime })
}

const recorder = new TapeRecorder()
const recorded = await hold(recorder, [
  { toolCalls: [{ name: 'departures', arguments: { station: 'Zürich' } }] },
  'At 14:31.',
])
const tape = recorder.text()
console.log(
  `\nRecorded: "${recorded.summary}" The tool was run ${asked.length} time. The tape has ${tape.length} letters:`,
)
for (const { step } of recorder.toJSON().steps) console.log(`- ${step}`)

// A model with an empty script fails when it is asked: it is not.
const player = new TapePlayer(tape)
const replayed = await hold(player, [])
player.assertUsedUp()
console.log(`\nHeld again: "${replayed.summary}" The tool was still run ${asked.length} time.`)

try {
  await hold(new TapePlayer(tape), [], 'You help travellers, in rhyme.')
} catch (error) {
  if (!(error instanceof TapeError)) throw error
  console.log(`\nAfter a change of the system message:\n${error.message}`)
}
