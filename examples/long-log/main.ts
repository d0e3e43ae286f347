// A log of 230 kB, and a model that reads 2,000 tokens at once: what is huge is shortened, and read on where it matters.
import { AssistantAgent, readShortened, textOf, tool, UserProxyAgent } from 'conversable'
import { ScriptedModel } from 'conversable/testing'

console.log("The analyst's model is scripted; the log, the tools and the cutting down are real.\n")

const entries = Array.from(
  { length: 8_000 },
  (_none, index) => `${String(index).padStart(6, '0')} pump ${index % 7} runs at ${20 + (index % 5)} bar`,
)
const log = entries.with(4_321, '004321 pump 2 STOPPED: valve 17 was left open').join('\n')

const readLog = tool({
  name: 'read_log',
  description: 'Gives the log of the plant.',
  parameters: { type: 'object', properties: {} },
  execute: () => log,
})

// Finds the id in the mark, and reads on in the middle until it has found what it looks for.
let offset = Math.floor(log.length / 2)
let id = ''
const model = new ScriptedModel(({ prompt }) => {
  const shown = JSON.stringify(prompt.at(-1))
  id = /left out here, id (\w+)/.exec(shown)?.[1] ?? id
  const fault = /\d+ pump \d STOPPED: [\w ]+/.exec(shown)?.[0]
  if (fault) return `The fault: ${fault}. TERMINATE`
  if (id === '') return { toolCalls: [{ name: 'read_log' }] }
  offset += 1_500
  return { toolCalls: [{ name: 'read_shortened', arguments: { id, offset, length: 1_600 } }] }
})

const analyst = new AssistantAgent({
  name: 'analyst',
  systemMessage: 'You find faults in logs.',
  llmConfig: {
    model,
    // Nothing is known of a scripted model: four letters to a token are about right for English.
    contextWindow: { maxInputTokens: 2_000, tokenCounter: { count: (text) => Math.ceil(text.length / 4) } },
  },
})
const user = new UserProxyAgent({
  name: 'user',
  humanInputMode: 'NEVER',
  isTerminationMsg: (message) => textOf(message).endsWith('TERMINATE'),
})
for (const each of [readLog, readShortened({ maxCharacters: 1_600 })]) {
  analyst.registerForLLM(each)
  user.registerForExecution(each)
}

const run = user.initiateChat(analyst, { message: 'Why did the plant stop last night?' })
for await (const event of run) {
  if (event.type === 'context-trim') {
    const shortened = event.shortened.map(({ leftOut }) => `${leftOut} characters of a text`)
    const what = [...shortened, ...(event.leftOut > 0 ? [`${event.leftOut} messages`] : [])].join(', ')
    console.log(`A request of ${event.tokensAfter} tokens; not shown: ${what}`)
  }
  if (event.type === 'tool-start') console.log(`  ${event.call.name}(${event.call.arguments})`)
}
const { chatHistory, summary } = await run
const whole = chatHistory.find((message) => message.toolResults)?.toolResults?.[0]?.content
console.log(`\nanalyst: ${summary.trim()}`)
console.log(`The transcript has all ${chatHistory.length} messages, and the log as it was: ${whole === log}.`)
