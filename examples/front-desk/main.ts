// A dynamic conversation by a reply function: the front desk looks at what it is asked, and holds a chat with whoever
// knows the answer before it replies.
import { AssistantAgent, ConversableAgent, textOf, UserProxyAgent } from 'conversable'
import { printTranscript } from 'conversable/console'
import { ScriptedModel } from 'conversable/testing'

console.log('All models are scripted: the lines of billing and of support.\n')

const billing = new AssistantAgent({
  name: 'billing',
  llmConfig: { model: new ScriptedModel(['Invoice 1042 was paid on 3 March.']) },
})
const support = new AssistantAgent({
  name: 'support',
  llmConfig: { model: new ScriptedModel(['Hold the power button for ten seconds.']) },
})

const departments = [
  { about: /invoice|paid|refund/i, agent: billing },
  { about: /broken|start|screen/i, agent: support },
]

const desk = new ConversableAgent({ name: 'front_desk', humanInputMode: 'NEVER' }).registerReply(
  UserProxyAgent,
  async function askDepartment(turn) {
    const question = turn.messages.at(-1)
    const department = departments.find(({ about }) => question && about.test(textOf(question)))
    if (!question || !department) return { message: 'I am sorry, nobody here knows about that.' }
    const result = await desk.initiateChat(department.agent, { message: textOf(question), maxTurns: 1, parent: turn })
    return { message: `Our ${department.agent.name} says: ${result.summary}` }
  },
  { position: 'afterTermination' },
)

const customer = new UserProxyAgent({ name: 'customer', humanInputMode: 'NEVER' })
for (const message of ['Has invoice 1042 been paid?', 'The screen stays dark.', 'Do you sell tea?']) {
  await printTranscript(customer.initiateChat(desk, { message, maxTurns: 1 }))
}
