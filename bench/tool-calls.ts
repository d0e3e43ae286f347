import { generateText, isStepCount, tool as aiTool } from 'ai'
import { AssistantAgent, tool, UserProxyAgent } from 'conversable'
import { z } from 'zod'
import { instantModel, OPENING, SYSTEM_MESSAGE } from './instant-model.ts'
import { repeat, timesOf, type Effort } from './measure.ts'
import { atMost, lineOf, type Section } from './table.ts'

const CALLS = 100

const name = 'add'
const description = 'Adds two numbers.'
const schema = z.object({ a: z.number(), b: z.number() })
const execute = async ({ a, b }: { readonly a: number; readonly b: number }): Promise<string> => String(a + b)

/** Suggests a call, with arguments of its own, until the prompt holds them all: two messages before, and two a call. */
const model = instantModel((promptLength) =>
  promptLength >= 2 + 2 * CALLS
    ? undefined
    : {
        type: 'tool-call',
        toolCallId: `call_${promptLength}`,
        toolName: name,
        input: `{"a":${promptLength},"b":1}`,
      },
)
const add = tool({ name, description, parameters: schema, execute })
const assistant = new AssistantAgent({
  name: 'assistant',
  systemMessage: SYSTEM_MESSAGE,
  llmConfig: { model },
  maxConsecutiveAutoReply: Infinity,
}).registerForLLM(add)
const user = new UserProxyAgent({
  name: 'user',
  humanInputMode: 'NEVER',
  maxConsecutiveAutoReply: Infinity,
}).registerForExecution(add)
const tools = { [name]: aiTool({ description, inputSchema: schema, execute }) }

/** Measures tool calls, one after the other in one chat. */
export async function measureToolCalls(effort: Effort): Promise<Section> {
  const chats = Math.ceil(effort.messagesAtOnce / (2 * CALLS))
  const times = await timesOf([() => repeat(chats, callTools), () => repeat(chats, callToolsWithAi)], effort)
  const [ours = Number.NaN, ai = Number.NaN] = times.map((ms) => (ms * 1_000) / (CALLS * chats))
  return {
    title: 'Tool calls, µs a call; the peer is ai',
    lines: [lineOf('100 calls in one chat', { ours, ai }, atMost(1 / 10, { ours, ai }))],
    notes: ['conversable: two agents and two messages a call; ai: one generateText of 101 steps'],
  }
}

/** The opening, a message for each call and for each result, and a last text. */
async function callTools(): Promise<void> {
  const { chatHistory, stopReason } = await user.initiateChat(assistant, { message: OPENING, maxTurns: CALLS + 1 })
  if (chatHistory.length !== 2 + 2 * CALLS) throw new Error(`The chat ended: ${JSON.stringify(stopReason)}`)
}

async function callToolsWithAi(): Promise<void> {
  const { steps } = await generateText({
    model,
    instructions: SYSTEM_MESSAGE,
    prompt: OPENING,
    tools,
    stopWhen: isStepCount(CALLS + 1),
  })
  if (steps.length !== CALLS + 1) throw new Error(`There were ${steps.length} steps.`)
}
