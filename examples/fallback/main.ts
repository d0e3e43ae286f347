// Three models stand in for one another: one that is busy, one whose answers will not do, and one that answers. Each
// retry and each step to the next model is an event, and the second time the answer comes from a cache.
import { AssistantAgent, MemoryCache, UserProxyAgent, type AnswerFilter } from 'conversable'
import { ScriptedModel } from 'conversable/testing'

console.log('The three models are scripted; what happens around their calls is not.\n')

const busy = new ScriptedModel(() => ({ error: 'too many requests', status: 429 }), { modelId: 'busy' })
const shy = new ScriptedModel(() => 'I am sorry, I cannot count.', { modelId: 'shy' })
const large = new ScriptedModel(() => 'There are three hills: Montmartre, Belleville, Montparnasse.', {
  modelId: 'large',
})

const answersTheQuestion: AnswerFilter = ({ response }) => !response.text?.startsWith('I am sorry')

const assistant = new AssistantAgent({
  name: 'assistant',
  llmConfig: {
    model: [{ model: busy, retry: { maxRetries: 1, initialDelayMs: 100 } }, shy, { model: large, temperature: 0 }],
    filter: answersTheQuestion,
    cache: new MemoryCache(),
  },
})
const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER' })

async function ask(message: string): Promise<void> {
  const run = user.initiateChat(assistant, { message, maxTurns: 1 })
  for await (const event of run) {
    // How long a wait is depends on chance.
    if (event.type === 'model-retry') console.log(`  ${event.problem}. Again in a moment.`)
    if (event.type === 'model-fallback') console.log(`  ${event.problem}. Asking ${event.next}.`)
    if (event.type === 'answer-filter') console.log(`  ${event.model} ${event.passFilter ? 'will do' : 'will not do'}.`)
    if (event.type === 'cache-hit') console.log(`  ${event.model} has answered that before.`)
  }
  const { summary, usage } = await run
  console.log(`assistant: ${summary}\n  Answers that were paid for: ${usage.calls}.\n`)
}

const question = 'How many hills has Paris?'
for (const time of ['first', 'second']) {
  console.log(`user, for the ${time} time: ${question}`)
  await ask(question)
}
