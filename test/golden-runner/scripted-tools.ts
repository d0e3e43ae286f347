import { textOf, tool, type Tool, type ToolContext, type ToolOutput } from 'conversable'
import { holdChat } from './hold-chats.ts'
import type { ToolSpec } from './scenario.ts'
import { agentOf, type Stage, type ToolMemory } from './stage.ts'

type Arguments = Readonly<Record<string, unknown>>

/** The tool of that name, which notes each of its runs. */
export function scriptedTool(stage: Stage, name: string): Tool {
  const known = stage.tools.get(name)
  if (known) return known
  const spec = stage.scenario.tools?.[name]
  if (!spec) throw new Error(`The scenario has no tool "${name}".`)
  const { description, parameters } = spec
  const made = tool({
    name,
    description,
    parameters,
    ownSteps: spec.do === 'ask',
    execute: (args, context) => {
      stage.recording.executions.push({ agent: context.agent, tool: name, arguments: args })
      return spec.do === 'ask' ? ask(stage, spec, { args, context }) : run(spec, args, { name, memory: stage.memory })
    },
  })
  stage.tools.set(name, made)
  return made
}

function run(
  spec: ToolSpec,
  args: Arguments,
  { name, memory }: { readonly name: string; readonly memory: ToolMemory },
): ToolOutput | Promise<ToolOutput> {
  switch (spec.do) {
    case 'echo':
      return String(args['text'])
    case 'upper':
      return String(args['text']).toUpperCase()
    case 'add':
      return Number(args['a']) + Number(args['b'])
    case 'multiply':
      return Number(args['a']) * Number(args['b'])
    case 'concat':
      return listOf(args['parts'])
        .map(String)
        .join(spec.separator ?? '')
    case 'currency':
      return currency(args)
    case 'money':
      return money(args)
    case 'constant':
      return spec.value as ToolOutput
    case 'none':
      return undefined
    case 'throw':
      throw new Error(spec.message)
    case 'delay':
      return new Promise((resolve) => setTimeout(() => resolve(String(args['text'])), Number(args['ms'])))
    case 'lookup':
      return lookUp(spec, String(args['key']))
    default:
      return remember(spec, args, { name, memory })
  }
}

function remember(
  { do: kind, list = '', game = '', moves = [] }: ToolSpec,
  args: Arguments,
  { name, memory }: { readonly name: string; readonly memory: ToolMemory },
): ToolOutput {
  const { counts, lists } = memory
  const stored = lists.get(list) ?? []
  const made = counts.get(game) ?? 0
  const legal = moves[made] ?? []
  switch (kind) {
    case 'counter': {
      const count = (counts.get(name) ?? 0) + 1
      counts.set(name, count)
      return `${name} ${count}`
    }
    case 'append':
      lists.set(list, [...stored, String(args['text'])])
      return `${stored.length + 1} stored`
    case 'list':
      return stored.length > 0 ? stored.join(', ') : 'nothing stored'
    case 'legalMoves':
      return `Possible moves are: ${legal.join(',')}`
    case 'makeMove': {
      const move = String(args['move'])
      if (!legal.includes(move)) throw new Error(`illegal move: ${move}`)
      counts.set(game, made + 1)
      return `Moved ${move}.`
    }
    default:
      throw new Error(`There is no tool that does "${kind}".`)
  }
}

function lookUp({ table = {} }: ToolSpec, key: string): string {
  const found = table[key]
  if (found === undefined) throw new Error(`nothing known about ${key}`)
  return found
}

function currency(args: Arguments): string {
  const quote = String(args['quote_currency'])
  return `${converted(Number(args['base_amount']), String(args['base_currency']), quote)} ${quote}`
}

function money(args: Arguments): ToolOutput {
  const { amount, currency: from } = args['base'] as { readonly amount: number; readonly currency: string }
  const to = String(args['quote_currency'])
  return { currency: to, amount: converted(amount, from, to) }
}

/** The guide's rate: 1.1 dollars for a euro. */
function converted(amount: number, from: string, to: string): number {
  if (from === to) return amount
  return from === 'USD' ? amount * (1 / 1.1) : amount * 1.1
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Holds a chat of its own and gives the last word of it. */
async function ask(
  stage: Stage,
  { asker = '', expert = '', argument = '', followUp, chat }: ToolSpec,
  { args, context }: { readonly args: Arguments; readonly context: ToolContext },
): Promise<string> {
  const opening = { from: asker, to: expert, message: String(args[argument]) }
  const { conversation } = await holdChat(stage, { ...chat, ...opening }, context)
  if (followUp !== undefined) {
    conversation.answering[asker] = false
    const options = { conversation, parent: context }
    stage.conversations.keep(await agentOf(stage, asker).send(followUp, agentOf(stage, expert), options))
  }
  const last = conversation.lastMessage()
  return last ? textOf(last) : ''
}
