// Reflection by a nested chat: whenever the writer answers, the user proxy holds a chat of its own with a critic, and
// what the critic says is its reply to the writer.
import { AssistantAgent, textOf, UserProxyAgent, type Turn } from 'conversable'
import { printTranscript } from 'conversable/console'
import { ScriptedModel } from 'conversable/testing'

console.log('All models are scripted: the lines of the writer and of the critic.\n')

const TASK = 'Write one sentence on why the sky is blue.'

const writer = new AssistantAgent({
  name: 'writer',
  systemMessage: 'You write short texts for children. Given a critique, you send the text again, improved.',
  llmConfig: {
    model: new ScriptedModel([
      'The sky is blue because of Rayleigh scattering of short wavelengths by atmospheric molecules.',
      'Sunlight is a mix of all colours, and the air throws its blue part around most, so blue comes to us from all sides.',
    ]),
  },
})

const critic = new AssistantAgent({
  name: 'critic',
  systemMessage: 'You judge texts for children: is every word known to a child of eight, and is it true?',
  llmConfig: {
    model: new ScriptedModel([
      'True, but no child knows "Rayleigh scattering" or "wavelengths". Say it with light and air.',
    ]),
  },
})

const userProxy = new UserProxyAgent({ name: 'user_proxy', humanInputMode: 'NEVER' })

function askForCritique({ messages }: Turn): string {
  const text = messages.at(-1)
  return `Judge this text, and say how to improve it:\n\n${text ? textOf(text) : ''}`
}

// The trigger leaves the critic out: its answers are the inner chat's, and are not nested again.
userProxy.registerNestedChats(
  [{ recipient: critic, message: askForCritique, summaryMethod: 'last_msg', maxTurns: 1 }],
  {
    trigger: writer,
  },
)

const { summary } = await printTranscript(userProxy.initiateChat(writer, { message: TASK, maxTurns: 2 }))
console.log(`\nThe text after one round of critique:\n${summary}`)
