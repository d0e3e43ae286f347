import {
  AssistantAgent,
  GroupChatManager,
  textOf,
  tool,
  UserProxyAgent,
  type ChatOptions,
  type ChatResult,
  type LlmConfig,
  type Message,
} from 'conversable'
import { z } from 'zod'
import type { Answer, Script } from './strict-server.ts'

/** The members that have a model, and the manager, who selects and sums up. */
export const ROLES = ['planner', 'researcher', 'writer', 'critic', 'chat_manager'] as const
/** A member with a model, or the manager. */
export type Role = (typeof ROLES)[number]

/** Whom the selector names. The one that runs tools follows calls by itself. */
const SELECTED = [
  'planner',
  'researcher', // calls twice
  'writer', // speaks between the results and whoever asked for them
  'researcher', // calls once more
  'researcher',
  'user', // says nothing
  'writer',
  'writer', // twice in a row
  'critic',
]

/** What the members say, turn by turn. */
const LINES: Readonly<Record<string, readonly Answer[]>> = {
  planner: [{ thought: 'Weather first.', text: 'First the weather, then the poem.' }],
  researcher: [
    {
      thought: 'Two towns.',
      text: 'I look both up.',
      calls: [weatherIn('Paris'), { ...weatherIn('Rome'), thought: 'The other one, too.' }],
    },
    { thought: 'One is missing.', calls: [weatherIn('Oslo')] },
    { thought: 'That is all.', text: 'Sun in Paris, rain in Rome, snow in Oslo.' },
  ],
  writer: [
    { text: 'I wait for the third town.' },
    { thought: 'Short lines.', text: 'Sun shines on Paris.' },
    { text: 'Snow lies on Oslo.' },
  ],
  critic: [{ thought: 'Good.', text: 'TERMINATE' }],
}

/** The transcript of a chat that went as it should. */
export const TRANSCRIPT = [
  'user: A poem on the weather, please.',
  'planner: First the weather, then the poem.',
  'researcher: I look both up. [weather {"town":"Paris"}] [weather {"town":"Rome"}]',
  'user: sun | rain',
  'writer: I wait for the third town.',
  'researcher:  [weather {"town":"Oslo"}]',
  'user: snow',
  'researcher: Sun in Paris, rain in Rome, snow in Oslo.',
  'user: ',
  'writer: Sun shines on Paris.',
  'writer: Snow lies on Oslo.',
  'critic: TERMINATE',
]

/** What the manager says in the end. */
export const SUMMARY = 'A poem of two lines.'

function weatherIn(town: string): { readonly name: string; readonly arguments: { readonly town: string } } {
  return { name: 'weather', arguments: { town } }
}

/** The script of one chat: what each model says, told by its system message, and what the manager's says. */
export function groupScript(): Script {
  const selected = SELECTED.values()
  const lines = Object.fromEntries(Object.entries(LINES).map(([name, said]) => [name, said.values()]))
  let named = false
  return ({ system, body, json }) => {
    if (!system.includes('You moderate')) {
      const role = ROLES.find((name) => system.includes(`You are the ${name}.`))
      if (role) return lines[role]?.next().value ?? { text: `${role} has nothing left to say.` }
      return { text: body.includes('Sum up') ? SUMMARY : 'What?' }
    }
    if (!named) {
      named = true
      return { thought: 'Hard to say.', text: 'It is for the planner, or for the writer.' }
    }
    const next = selected.next().value ?? 'nobody'
    return { thought: 'They are next.', text: json ? JSON.stringify({ next }) : next }
  }
}

/** A group chat of five agents, four of them with a model, with a tool, a selecting model and a summary by reflection. */
export async function holdGroupChat(
  configs: Readonly<Record<Role, LlmConfig>>,
  options: Pick<ChatOptions, 'conversation'> = {},
): Promise<ChatResult> {
  const weather = tool({
    name: 'weather',
    description: 'Says what the weather is like.',
    parameters: z.object({ town: z.string() }),
    execute: ({ town }) => ({ Paris: 'sun', Rome: 'rain', Oslo: 'snow' })[town] ?? 'fog',
  })
  const [planner, researcher, writer, critic] = (['planner', 'researcher', 'writer', 'critic'] as const).map(
    (name) => new AssistantAgent({ name, systemMessage: `You are the ${name}.`, llmConfig: configs[name] }),
  )
  if (!planner || !researcher || !writer || !critic) throw new Error('Four names make four agents.')
  const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER' })
  researcher.registerForLLM(weather)
  user.registerForExecution(weather)
  const manager = new GroupChatManager({
    llmConfig: configs.chat_manager,
    groupChat: { agents: [user, planner, researcher, writer, critic], maxRound: 20 },
  })
  return user.initiateChat(manager, {
    message: 'A poem on the weather, please.',
    summaryMethod: 'reflection_with_llm',
    ...options,
  })
}

/** One model for everybody. */
export function forAll(config: LlmConfig): Record<Role, LlmConfig> {
  return { planner: config, researcher: config, writer: config, critic: config, chat_manager: config }
}

/** A transcript as lines with calls and results. */
export function linesOf(messages: readonly Message[]): string[] {
  return messages.map(({ name, content, toolCalls = [], toolResults = [] }) => {
    const calls = toolCalls.map((call) => ` [${call.name} ${call.arguments}]`)
    const results = toolResults.map((result) => result.content).join(' | ')
    return `${name}: ${textOf({ content })}${calls.join('')}${results}`
  })
}
