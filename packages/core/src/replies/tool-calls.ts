import { stepKey, type Reply, type ReplyFunction, type Turn } from '../agent.ts'
import { scopedContext } from '../context.ts'
import type { Emit } from '../event.ts'
import { authorOf, type ToolCall, type ToolResult } from '../message.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { CheckedArguments, Tool, ToolContext } from '../ports/tool.ts'
import { parseArguments } from '../tools/arguments.ts'
import { isPromise } from '../util/is-promise.ts'
import { quote } from '../util/quote.ts'

/** What a call gets as its answer when the run is cancelled before its tool is done. */
const CANCELLED = 'Error: The run was cancelled before this call was done.'

/** Who runs tools. */
export interface ToolCallsOptions {
  /** The name of the agent. */
  readonly agent: string
  readonly tools: ReadonlyMap<string, Tool>
  /**
   * How often in a row nothing but calls with bad arguments is answered so; one more such message ends the chat.
   * Default 5.
   */
  readonly maxArgumentRepairs?: number | undefined
}

/**
 * Runs the tools that the last message calls, all at once, and replies with their results in the order of the calls.
 *
 * Every call gets an answer: of its tool, or an error text that the model can mend; also when the run is cancelled, so
 * that what is done is not lost and the history stays legal.
 */
export function toolCallsReply({ agent, tools, maxArgumentRepairs = 5 }: ToolCallsOptions): ReplyFunction {
  const repairs = { key: `bad-arguments:${agent}`, limit: maxArgumentRepairs }
  return (turn) => {
    const calls = turn.messages.at(-1)?.toolCalls
    return calls && calls.length > 0 ? answerCalls(calls, { tools, repairs }, turn) : undefined
  }
}

/** Where repairs of arguments are counted in a conversation, and how many there may be in a row. */
interface Repairs {
  readonly key: string
  readonly limit: number
}

async function answerCalls(
  calls: readonly ToolCall[],
  { tools, repairs }: { readonly tools: ReadonlyMap<string, Tool>; readonly repairs: Repairs },
  turn: Turn,
): Promise<Reply> {
  const answers = calls.map((call) => answerTo(call, tools.get(call.name), turn))
  const [only] = answers
  // Most messages have one call, which need not wait for others.
  const answered = only && answers.length === 1 ? [await only] : await Promise.all(answers)
  const toolResults = answered.map(({ result }) => result)
  let isBad = true
  let isEnd = false
  let polling = true
  for (const { result, badArguments } of answered) {
    const tool = tools.get(result.name)
    isBad &&= badArguments
    isEnd ||= !result.isError && tool?.endsChat === true
    polling &&= tool?.pollable === true
  }
  const endsChat = isOnceTooOften(turn, isBad, repairs) ? 'bad-arguments' : isEnd
  return endsChat || polling ? { message: { toolResults }, endsChat, polling } : { message: { toolResults } }
}

/** Counts how often in a row an agent got nothing but calls with bad arguments; says whether that is too often. */
function isOnceTooOften({ conversation: { data } }: Turn, isBad: boolean, { key, limit }: Repairs): boolean {
  const before = Number(data[key] ?? 0)
  if (isBad && before < limit) data[key] = before + 1
  else if (before > 0) delete data[key]
  return isBad && before >= limit
}

/** An answer; `badArguments` if the tool was not run because of them. */
type Answer = Pick<ToolResult, 'content' | 'isError'> & { readonly badArguments?: boolean }

async function answerTo(
  call: ToolCall,
  tool: Tool | undefined,
  turn: Turn,
): Promise<{ readonly result: ToolResult; readonly badArguments: boolean }> {
  const { content, isError, badArguments = false } = await answerOf(call, tool, turn)
  const result = { callId: call.id, name: call.name, content, isError }
  turn.emit({ type: 'tool-result', result })
  return { result, badArguments }
}

/** Waits only where it has to: most calls are checked at once, and many fail before their tool is run. */
function answerOf(call: ToolCall, tool: Tool | undefined, turn: Turn): Answer | Promise<Answer> {
  if (!tool) return failure(`Error: Function ${call.name} not found.`)
  const parsed = parseArguments(call.arguments)
  if (parsed.problem !== undefined) return { ...failure(parsed.problem), badArguments: true }
  const checked = check(tool, parsed.value)
  const about = { call, given: parsed.value, turn }
  return isPromise(checked) ? whenChecked(tool, checked, about) : answerChecked(tool, checked, about)
}

async function whenChecked(tool: Tool, checking: Promise<CheckedArguments>, about: ParsedCall): Promise<Answer> {
  return answerChecked(tool, await checking.catch(failedCheck), about)
}

function answerChecked(tool: Tool, checked: CheckedArguments, about: ParsedCall): Answer | Promise<Answer> {
  if (!checked.issues) return answerOfTool(tool, checked.value, about)
  return { ...failure(checked.issues.map((issue) => `Error: ${issue}`).join('\n')), badArguments: true }
}

function check(tool: Tool, args: unknown): CheckedArguments | Promise<CheckedArguments> {
  try {
    return tool.check(args)
  } catch (error) {
    return failedCheck(error)
  }
}

function failedCheck(error: unknown): CheckedArguments {
  return { issues: [problemOf(error)] }
}

/** A call, and its arguments as the model gave them. */
interface ParsedCall {
  readonly call: ToolCall
  readonly given: unknown
  readonly turn: Turn
}

/** Waits for a tool for as long as the run lasts. */
function answerOfTool(tool: Tool, args: unknown, about: ParsedCall): Promise<Answer> {
  const { call, turn } = about
  turn.emit({ type: 'tool-start', call })
  return turn.cancellation.guard(run(tool, args, about)).catch((error: unknown) => {
    if (turn.signal.aborted) return failure(CANCELLED)
    // A tool that fails has an answer: what failed is the step itself.
    throw error
  })
}

/** Runs a tool as one step, or lets it take its own. */
function run(tool: Tool, args: unknown, { call, given, turn }: ParsedCall): Promise<Answer> {
  const { runtime, emit, recipient } = turn
  const key = stepKey(turn, `tool.${call.name}.${call.id}`)
  if (tool.ownSteps) return outcomeOf(tool, args, toolContext(turn, call, { key, emit, runtime }))
  return runtime.step(
    key,
    (inner) => {
      const inside = { key, emit: inner, runtime: runtime.inside ?? runtime }
      return outcomeOf(tool, args, toolContext(turn, call, inside))
    },
    { agent: recipient.name, input: () => ({ tool: call.name, arguments: given }), emit },
  )
}

async function outcomeOf(tool: Tool, args: unknown, context: ToolContext): Promise<Answer> {
  try {
    return { content: textOfOutput(await tool.execute(args, context)), isError: false }
  } catch (error) {
    // What a tool throws because it was cancelled says nothing about the tool.
    context.signal.throwIfAborted()
    return failure(`Error: ${problemOf(error)}`)
  }
}

function toolContext(
  turn: Turn,
  call: ToolCall,
  inside: { readonly key: string; readonly emit: Emit; readonly runtime: Runtime },
): ToolContext {
  const agent = turn.recipient.name
  const last = turn.messages.at(-1)
  return {
    ...scopedContext(turn, `${turn.messageId}.${call.id}`, inside),
    callId: call.id,
    idempotencyKey: inside.key,
    agent,
    caller: last ? authorOf(last) : agent,
    messages: turn.conversation.messagesFor(agent),
  }
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : quote(error)
}

function textOfOutput(output: unknown): string {
  if (typeof output === 'string') return output
  return JSON.stringify(output) ?? 'null'
}

function failure(content: string): Answer {
  return { content, isError: true }
}
