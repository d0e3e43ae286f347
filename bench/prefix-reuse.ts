import { AssistantAgent, GroupChatManager } from 'conversable'
import { ScriptedModel } from 'conversable/testing'
import type { Section } from './table.ts'

const NAMES: readonly string[] = ['planner', 'engineer', 'scientist', 'critic']
const ROUNDS = 40

/** Measures how much of each request repeats the one before, so that a provider's prompt cache can answer for it. */
export async function measurePrefixReuse(): Promise<Section> {
  const members = NAMES.map((name) => ({
    name,
    model: new ScriptedModel(
      (_request, index) => `This is what ${name} has to say for the ${index + 1}th time about the task.`,
    ),
  }))
  const selector = new ScriptedModel((_request, index) => NAMES[(index * 3 + 1) % NAMES.length] ?? '')
  const manager = new GroupChatManager({
    llmConfig: { model: selector },
    groupChat: {
      agents: members.map(({ name, model }) => new AssistantAgent({ name, description: name, llmConfig: { model } })),
      maxRound: ROUNDS,
    },
  })
  await new AssistantAgent({ name: 'user' }).initiateChat(manager, { message: 'Please solve the task.' })
  const lowest = Math.min(...members.map(({ model }) => reuseOf(model)))
  return {
    title: `Prompts of a group of four that a model leads over ${ROUNDS} rounds: how much repeats the request before`,
    lines: [line('member with the least', lowest), line('selector', reuseOf(selector))],
  }
}

function line(what: string, reuse: number): Section['lines'][number] {
  return { what: `${what}, per cent`, ours: reuse * 100, target: { text: 'at least 95', isMet: reuse >= 0.95 } }
}

/** The part of each request that the next one begins with, over the letters of all requests but the last. */
function reuseOf({ prompts }: ScriptedModel): number {
  let sent = 0
  let repeated = 0
  for (const [index, prompt] of prompts.slice(0, -1).entries()) {
    const next = prompts[index + 1]?.map((message) => JSON.stringify(message)) ?? []
    const now = prompt.map((message) => JSON.stringify(message))
    const common = now.findIndex((message, at) => message !== next[at])
    sent += now.join('').length
    repeated += now.slice(0, common === -1 ? now.length : common).join('').length
  }
  return repeated / sent
}
