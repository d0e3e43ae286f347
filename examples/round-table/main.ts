// A round table: a person says who speaks next, by number. Run it in a terminal to pick the speakers yourself; without
// one, numbers come from a script.
import { AssistantAgent, GroupChatManager, UserProxyAgent, type HumanInput } from 'conversable'
import { printTranscript } from 'conversable/console'
import { terminalInput } from 'conversable/node'
import { ScriptedModel } from 'conversable/testing'

const atTerminal = process.stdin.isTTY
console.log(
  `The guests' lines are scripted; ${atTerminal ? 'you choose who speaks' : 'the person who chooses is scripted, too'}.\n`,
)

function guest(name: string, description: string, opinion: string): AssistantAgent {
  return new AssistantAgent({
    name,
    description,
    llmConfig: { model: new ScriptedModel((_request, index) => (index === 0 ? opinion : `As I said: ${opinion}`)) },
  })
}

const numbers = ['2', '3', '1']
const scripted: HumanInput = (question) => {
  const answer = numbers.shift() ?? 'q'
  console.log(question.prompt + answer)
  return answer
}
const host = new UserProxyAgent({
  name: 'host',
  humanInputMode: 'NEVER',
  description: 'Leads through the evening.',
  defaultAutoReply: 'Thank you all, and good night.',
})
const manager = new GroupChatManager({
  humanInput: atTerminal ? terminalInput() : scripted,
  groupChat: {
    agents: [
      host,
      guest('farmer', 'Grows wheat.', 'Without rain in May there is nothing to talk about in August.'),
      guest('baker', 'Bakes bread.', 'The price of flour has doubled, and nobody wants to pay for it.'),
      guest('chemist', 'Makes fertiliser.', 'We could get by with a third less, if it were spread at the right time.'),
    ],
    maxRound: 4,
    speakerSelectionMethod: 'manual',
    allowRepeatSpeaker: false,
  },
})

const result = await printTranscript(host.initiateChat(manager, { message: 'Good evening. Why is bread so dear?' }))
console.log(`\nEnded by ${result.stopReason.rule} after ${result.chatHistory.length} messages.`)
