import { stepKey, type Reply, type ReplyFunction, type Turn } from '../agent.ts'
import { scopedContext } from '../context.ts'
import { authorOf, type ToolCall, type ToolResult } from '../message.ts'
import type { CheckedArguments, Tool, ToolContext } from '../ports/tool.ts'
import { parseArguments } from '../tools/arguments.ts'
import { quote } from '../util/quote.ts'

/** What a call gets as its answer when the run is cancelled before its tool is done. */
const CANCELLED = 'Error: The run was cancelled before this call was done.'

/**
 * Runs the tools that the last message calls, all at once, and replies with their results in the order of the calls.
 *
 * Every call gets an answer: of its tool, or an error text that the model can mend; also when the run is cancelled, so
 * that what is done is not lost and the history stays legal.
 *
 * @param maxArgumentRepairs - How often in a row nothing but calls with bad arguments is answered so; one more such
 *   message ends the chat. Default 5.
 */
export function toolCallsReply(tools: ReadonlyMap<string, Tool>, maxArgumentRepairs = 5): ReplyFunction {
  return (turn) => {
    const calls = turn.messages.at(-1)?.toolCalls
    return calls && calls.length > 0 ? answerCalls(calls, { tools, maxArgumentRepairs }, turn) : undefined
  }
}

async function answerCalls(
  calls: readonly ToolCall[],
  { tools, maxArgumentRepairs }: { readonly tools: ReadonlyMap<string, Tool>; readonly maxArgumentRepairs: number },
  turn: Turn,
): Promise<Reply> {
  let isBad = true
  const toolResults = await Promise.all(
    calls.map(async (call): Promise<ToolResult> => {
      const { badArguments = false, ...answer } = await answerTo(call, tools.get(call.name), turn)
      isBad &&= badArguments
      const result = { callId: call.id, name: call.name, ...answer }
      turn.emit({ type: 'tool-result', result })
      return result
    }),
  )
  const isEnd = toolResults.some((result) => !result.isError && tools.get(result.name)?.endsChat)
  const endsChat = isOnceTooOften(turn, isBad, maxArgumentRepairs) ? ('bad-arguments' as const) : isEnd
  const polling = calls.every((call) => tools.get(call.name)?.pollable)
  return { message: { toolResults }, ...(endsChat && { endsChat }), ...(polling && { polling }) }
}

/** Counts how often in a row an agent got nothing but calls with bad arguments; says whether that is more than `limit`. */
function isOnceTooOften({ conversation, recipient }: Turn, isBad: boolean, limit: number): boolean {
  const key = `bad-arguments:${recipient.name}`
  const before = Number(conversation.data[key] ?? 0)
  if (isBad && before < limit) conversation.data[key] = before + 1
  else if (before > 0) delete conversation.data[key]
  return isBad && before >= limit
}

/** An answer; `badArguments` if the tool was not run because of them. */
type Answer = Pick<ToolResult, 'content' | 'isError'> & { readonly badArguments?: boolean }

async function answerTo(call: ToolCall, tool: Tool | undefined, turn: Turn): Promise<Answer> {
  if (!tool) return failure(`Error: Function ${call.name} not found.`)
  const parsed = parseArguments(call.arguments)
  if (parsed.problem !== undefined) return { ...failure(parsed.problem), badArguments: true }
  const checked = await check(tool, parsed.value)
  if (checked.issues)
    return { ...failure(checked.issues.map((issue) => `Error: ${issue}`).join('\n')), badArguments: true }
  turn.emit({ type: 'tool-start', call })
  try {
    return await turn.cancellation.guard(run(tool, checked.value, { call, given: parsed.value, turn }))
  } catch (error) {
    if (turn.signal.aborted) return failure(CANCELLED)
    // A tool that fails has an answer: what failed is the step itself.
    throw error
  }
}

async function check(tool: Tool, args: unknown): Promise<CheckedArguments> {
  try {
    return await tool.check(args)
  } catch (error) {
    return { issues: [problemOf(error)] }
  }
}

/** Runs a tool as one step, or lets it take its own. */
function run(
  tool: Tool,
  args: unknown,
  { call, given, turn }: { readonly call: ToolCall; readonly given: unknown; readonly turn: Turn },
): Promise<Answer> {
  const key = stepKey(turn, `tool.${call.name}.${call.id}`)
  const context = toolContext(turn, call, key)
  if (tool.ownSteps) return answerOf(tool, args, context)
  const { runtime, emit, recipient } = turn
  return runtime.step(
    key,
    (inner) => answerOf(tool, args, { ...context, emit: inner, runtime: runtime.inside ?? runtime }),
    { agent: recipient.name, input: () => ({ tool: call.name, arguments: given }), emit },
  )
}

async function answerOf(tool: Tool, args: unknown, context: ToolContext): Promise<Answer> {
  try {
    return { content: textOfOutput(await tool.execute(args, context)), isError: false }
  } catch (error) {
    // What a tool throws because it was cancelled says nothing about the tool.
    context.signal.throwIfAborted()
    return failure(`Error: ${problemOf(error)}`)
  }
}

function toolContext(turn: Turn, call: ToolCall, key: string): ToolContext {
  const context = scopedContext(turn, `${turn.messageId}.${call.id}`)
  const agent = turn.recipient.name
  const messages = turn.conversation.messagesFor(agent)
  const last = turn.messages.at(-1)
  const caller = last ? authorOf(last) : agent
  return { ...context, callId: call.id, idempotencyKey: key, agent, caller, messages }
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
