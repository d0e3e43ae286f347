// A run is iterated for what happens in it, word by word; leaving the loop cancels it, and what was said is kept.
import { AssistantAgent, textOf, UserProxyAgent, type ChatResult, type ChatRun } from 'conversable'
import { ScriptedModel } from 'conversable/testing'

console.log("The poet's lines are scripted, and come a word at a time, as those of a real model do.")

const POEM = 'The rain has stopped, the gutters sing,\nthe cat comes home and shakes the spring.'

const poet = new AssistantAgent({
  name: 'poet',
  llmConfig: { model: new ScriptedModel(() => ({ text: POEM, wordDelayMs: 20 })) },
})
const reader = new UserProxyAgent({ name: 'reader', humanInputMode: 'NEVER', defaultAutoReply: 'Another one, please.' })

/** Prints the poet's words as they come, and leaves when there were enough of them. */
async function listen(run: ChatRun<ChatResult>, words: number): Promise<void> {
  let heard = 0
  for await (const event of run) {
    if (event.type === 'message') console.log(event.message.name === 'poet' ? '' : `\nreader: ${textOf(event.message)}`)
    if (event.type !== 'text-delta') continue
    process.stdout.write(event.delta)
    heard += 1
    if (heard === words) return
  }
}

const whole = reader.initiateChat(poet, { message: 'A poem about the end of the rain, please.', maxTurns: 2 })
await listen(whole, Infinity)
console.log(`\nIt ended by itself: ${(await whole).stopReason.rule}.`)

const left = reader.initiateChat(poet, { message: 'The poem about the rain again, please.', maxTurns: 2 })
await listen(left, 20)

// Awaiting a run that was left throws, as it was cancelled. Its outcome is what there was by then.
const { chatHistory, stopReason } = await left.outcome
console.log(`\n\nIt was left: ${stopReason.rule}. The messages that were finished:`)
for (const message of chatHistory) console.log(`- ${message.name}: ${textOf(message).replaceAll('\n', ' / ')}`)
