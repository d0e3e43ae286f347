// A budget for a whole tree of agents: an editor, a critic it asks in a nested chat, and a summary, all from one purse.
import { AssistantAgent, textOf, UserProxyAgent, type ChatResult } from 'conversable'
import { printUsageSummary } from 'conversable/console'
import { ScriptedModel } from 'conversable/testing'

console.log('All models are scripted: editor, critic and what they use. The prices are made up.\n')

const price = { input: 20, output: 80 }

/** A model that never comes to an end by itself. */
function model(says: string): ScriptedModel {
  return new ScriptedModel((_request, index) => `${says} (${index + 1})`)
}

function house(): Promise<ChatResult> {
  const critic = new AssistantAgent({
    name: 'critic',
    systemMessage: 'Finds one thing that could be better.',
    llmConfig: { model: model('Shorter, please.'), price, maxOutputTokens: 100 },
  })
  const editor = new AssistantAgent({
    name: 'editor',
    systemMessage: 'Rewrites a text.',
    llmConfig: { model: model('It rains in Rome.'), price, maxOutputTokens: 200 },
  })
  const author = new UserProxyAgent({ name: 'author', humanInputMode: 'NEVER' }).registerNestedChats(
    [
      {
        recipient: critic,
        message: ({ messages }) => `What about this? ${messages.slice(-1).map(textOf).join('')}`,
        maxTurns: 1,
      },
    ],
    { trigger: 'editor' },
  )
  const run = author.initiateChat(editor, {
    message: 'It is raining quite a lot in the city of Rome today.',
    summaryMethod: 'reflection_with_llm',
    noProgress: false,
    budget: { costUsd: 0.03, calls: 50 },
  })
  run.subscribe((event) => {
    if (event.type !== 'model-end' || !event.usage) return
    const { agent, purpose, usage } = event
    console.log(
      `${agent.padEnd(6)} ${purpose}: ${usage.inputTokens} + ${usage.outputTokens} tokens, $${usage.costUsd?.toFixed(5)}`,
    )
  })
  return run.outcome
}

const { stopReason, summary, usage, chatHistory } = await house()

console.log(`\nEnded by ${stopReason.rule} in turn ${stopReason.turn} of ${stopReason.agent}. ${stopReason.detail}`)
console.log(`What there is by then: "${summary}", after ${chatHistory.length} messages.\n`)
printUsageSummary(usage)
