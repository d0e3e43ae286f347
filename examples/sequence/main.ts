// Chats in a row: each takes the summaries of those before it as carryover.
import { AssistantAgent, initiateChats, UserProxyAgent } from 'conversable'
import { printTranscript } from 'conversable/console'
import { ScriptedModel } from 'conversable/testing'

console.log('All models are scripted: the lines of researcher, analyst and writer, and the summaries.\n')

const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER', defaultAutoReply: 'Is that all?' })

const researcher = new AssistantAgent({
  name: 'researcher',
  systemMessage: 'You collect facts.',
  llmConfig: {
    // The third line answers the request for a summary: it is what a model makes of the whole chat.
    model: new ScriptedModel([
      'The library has 1,200 visitors a week, most of them on Saturdays.',
      'And it is closed on Sundays, though 300 people have asked for an opening.',
      'The library has 1,200 visitors a week, mostly on Saturdays; 300 people ask for it to open on Sundays.',
    ]),
  },
})
const analyst = new AssistantAgent({
  name: 'analyst',
  systemMessage: 'You draw conclusions from facts.',
  llmConfig: { model: new ScriptedModel(['Open on Sundays for a trial of three months, and count the visitors.']) },
})
const writer = new AssistantAgent({
  name: 'writer',
  systemMessage: 'You write letters.',
  llmConfig: {
    model: new ScriptedModel([
      'Dear council, 300 people ask our library to open on Sundays. We propose a trial of three months, and will count.',
    ]),
  },
})

const results = await printTranscript(
  initiateChats([
    {
      sender: user,
      recipient: researcher,
      message: 'What is known about the use of the library?',
      maxTurns: 2,
      // A model sums up the whole chat. Without this the last message is the summary.
      summaryMethod: 'reflection_with_llm',
    },
    {
      sender: user,
      recipient: analyst,
      message: 'What should be done?',
      maxTurns: 1,
      carryover: 'There is money for 3 months.',
    },
    { sender: user, recipient: writer, message: 'Write to the council.', maxTurns: 1 },
  ]),
)

console.log('\nWhat each chat left:')
for (const { recipient, summary } of results) console.log(`- ${recipient}: ${summary}`)
