// A dynamic conversation by a tool: the student's assistant decides by itself to ask an expert. The tool holds a chat of
// its own, which belongs to the same run (`parent`): its events, usage and cancellation are the run's.
import { AssistantAgent, textOf, tool, UserProxyAgent } from 'conversable'
import { printTranscript } from 'conversable/console'
import { ScriptedModel } from 'conversable/testing'
import { z } from 'zod'

console.log('All models are scripted: the lines of the assistant and of the expert.\n')

const expert = new AssistantAgent({
  name: 'expert',
  systemMessage: 'You are an expert in number theory. Explain briefly.',
  llmConfig: {
    model: new ScriptedModel(['Squares leave 0 or 1 when divided by 4, so a sum of two squares never leaves 3.']),
  },
})
// Set humanInputMode to ALWAYS, with terminalInput() of 'conversable/node', and the expert is a person.
const clerk = new UserProxyAgent({ name: 'clerk', humanInputMode: 'NEVER' })

const askExpert = tool({
  name: 'ask_expert',
  description: 'Asks an expert when you are not sure that you can solve a problem.',
  parameters: z.object({ question: z.string().describe('The problem, with all that is needed to solve it.') }),
  ownSteps: true,
  execute: async ({ question }, context) => {
    const result = await clerk.initiateChat(expert, { message: question, maxTurns: 1, parent: context })
    return result.summary
  },
})

const assistant = new AssistantAgent({
  name: 'assistant',
  llmConfig: {
    model: new ScriptedModel([
      { toolCalls: [{ name: 'ask_expert', arguments: { question: 'Is 2027 a sum of two squares?' } }] },
      'No: 2027 leaves 3 when divided by 4, and a sum of two squares never does. TERMINATE',
    ]),
  },
}).registerForLLM(askExpert)
const student = new UserProxyAgent({
  name: 'student',
  humanInputMode: 'NEVER',
  isTerminationMsg: (message) => textOf(message).endsWith('TERMINATE'),
}).registerForExecution(askExpert)

const result = await printTranscript(student.initiateChat(assistant, { message: 'Is 2027 a sum of two squares?' }))
console.log(
  '\nModel calls by agent:',
  Object.entries(result.usage.byAgent)
    .map(([name, { calls }]) => `${name} ${calls}`)
    .join(', '),
)
