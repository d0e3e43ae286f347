// A finite state machine: who may follow whom is laid down, and a model chooses only where there is a choice.
import { AssistantAgent, GroupChatManager, textOf, UserProxyAgent } from 'conversable'
import { printTranscript } from 'conversable/console'
import { ScriptedModel } from 'conversable/testing'

console.log('All models are scripted: the lines of writer, editor, fact checker and selector.\n')

function colleague(name: string, task: string, script: readonly string[]): AssistantAgent {
  return new AssistantAgent({
    name,
    systemMessage: task,
    description: task,
    llmConfig: { model: new ScriptedModel(script) },
  })
}

const writer = colleague('writer', 'Writes and rewrites the item.', [
  'The first public railway opened in 1825 between Stockton and Darlington and was drawn by horses alone.',
  'The first public steam railway opened in 1825 between Stockton and Darlington; horses still drew some of its trains.',
])
const editor = colleague(
  'editor',
  'Judges style, and decides whether the facts are to be checked or the item is done.',
  ['Good length. Have the part about the horses checked.', 'Clear and true now. DONE'],
)
const factChecker = colleague('fact_checker', 'Checks facts and reports to the writer.', [
  'Not by horses alone: Locomotion No. 1, a steam engine, ran on the opening day.',
])
const reader = new UserProxyAgent({ name: 'reader', humanInputMode: 'NEVER' })

const manager = new GroupChatManager({
  llmConfig: { model: new ScriptedModel(['fact_checker']) },
  isTerminationMsg: (message) => textOf(message).endsWith('DONE'),
  groupChat: {
    agents: [reader, writer, editor, factChecker],
    maxRound: 12,
    speakerTransitions: {
      reader: ['writer'],
      writer: ['editor'],
      editor: ['writer', 'fact_checker'],
      fact_checker: ['writer'],
    },
    speakerTransitionsType: 'allowed',
  },
})

const run = printTranscript(reader.initiateChat(manager, { message: 'A sentence on the first railway, please.' }))
run.subscribe((event) => {
  if (event.type === 'speaker-select') console.log(`(chosen by ${event.rule} among ${event.candidates.join(', ')})`)
})
const result = await run
console.log(`\nEnded by ${result.stopReason.rule} after ${result.chatHistory.length} messages: ${result.summary}`)
