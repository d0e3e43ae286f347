// A dynamic group chat: a model picks who speaks next among a planner, an engineer, a scientist, a critic, an executor
// that really runs the engineer's code, and the admin who asked.
import { AssistantAgent, GroupChatManager, textOf, UserProxyAgent, type Message } from 'conversable'
import { printTranscript } from 'conversable/console'
import { ScriptedModel } from 'conversable/testing'
import { QuickJsExecutor } from '@conversable/executors'

console.log('The lines of planner, engineer, scientist, critic and selector are scripted; the code is really run.\n')

const program = `\`\`\`javascript
// The mean waiting time for a bus when you come at a random moment: intervals of 10 minutes, and of 5 and 15 in turn.
const waiting = (intervals) => {
  const total = intervals.reduce((sum, minutes) => sum + minutes, 0)
  return intervals.reduce((sum, minutes) => sum + (minutes * minutes) / 2, 0) / total
}
console.log(waiting([10, 10]).toFixed(2), waiting([5, 15]).toFixed(2))
\`\`\``

/** The last thing that the executor printed, as the next model request shows it. */
const printed = (prompt: unknown): string[] =>
  JSON.stringify(prompt)
    .match(/Code output: ([\d.]+) ([\d.]+)/)
    ?.slice(1) ?? []

function expert(name: string, task: string, script: ConstructorParameters<typeof ScriptedModel>[0]): AssistantAgent {
  return new AssistantAgent({
    name,
    systemMessage: task,
    description: task,
    llmConfig: { model: new ScriptedModel(script) },
  })
}

const ends = (message: Message): boolean => textOf(message).trimEnd().endsWith('TERMINATE')
const admin = new UserProxyAgent({ name: 'admin', humanInputMode: 'NEVER', description: 'Asked the question.' })
const planner = expert('planner', 'Makes a plan and changes it when the critic objects.', [
  'Plan: 1. The engineer computes the waiting time for both timetables. 2. The scientist explains the figures. 3. The critic checks.',
])
const engineer = expert('engineer', 'Writes JavaScript that prints what is asked for.', [program])
const scientist = expert('scientist', 'Explains figures. Writes no code.', ({ prompt }) => {
  const [regular = '?', uneven = '?'] = printed(prompt)
  return `With a bus every 10 minutes one waits ${regular} minutes; with gaps of 5 and 15 it is ${uneven}: one is more likely to arrive in a long gap.`
})
const critic = expert('critic', 'Checks claims against the output of the program.', ({ prompt }) => {
  const [, uneven = '?'] = printed(prompt)
  return `The program printed ${uneven} for the uneven timetable, and the explanation fits. TERMINATE`
})
await using executor = new QuickJsExecutor()
const runner = new UserProxyAgent({
  name: 'executor',
  humanInputMode: 'NEVER',
  description: 'Runs the code that the engineer wrote, and reports the output.',
  codeExecutionConfig: { executor },
})
const manager = new GroupChatManager({
  llmConfig: {
    model: new ScriptedModel(['planner', 'Next: engineer', 'executor', 'the scientist', '{"next": "critic"}']),
  },
  isTerminationMsg: ends,
  groupChat: { agents: [admin, planner, engineer, scientist, runner, critic], maxRound: 12, allowRepeatSpeaker: false },
})

const result = await printTranscript(
  admin.initiateChat(manager, {
    message: 'Buses come every 10 minutes on average. Does it matter to me whether they come evenly?',
  }),
)
console.log(`\nEnded by ${result.stopReason.rule} after ${result.chatHistory.length} messages.`)
