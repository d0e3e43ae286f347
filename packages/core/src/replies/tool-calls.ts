import { stepKey, type Reply, type ReplyFunction, type Turn } from '../agent.ts'
import { scopedContext } from '../context.ts'
import { authorOf, type ToolCall, type ToolResult } from '../message.ts'
import type { Tool, ToolContext } from '../ports/tool.ts'
import { parseArguments } from '../tools/arguments.ts'
import { quote } from '../util/quote.ts'

/** What a call gets as its answer when the run is cancelled before its tool is done. */
const CANCELLED = 'Error: The run was cancelled before this call was done.'

/**
 * Runs the tools that the last message calls, all at once, and replies with their results in the order of the calls.
 *
 * Every call gets an answer: of its tool, or an error text that the model can mend; also when the run is cancelled, so
 * that what is done is not lost and the history stays legal.
 */
export function toolCallsReply(tools: ReadonlyMap<string, Tool>): ReplyFunction {
  return (turn) => {
    const calls = turn.messages.at(-1)?.toolCalls
    return calls && calls.length > 0 ? answerCalls(calls, tools, turn) : undefined
  }
}

async function answerCalls(calls: readonly ToolCall[], tools: ReadonlyMap<string, Tool>, turn: Turn): Promise<Reply> {
  const toolResults = await Promise.all(
    calls.map(async (call): Promise<ToolResult> => {
      const answer = await answerTo(call, tools.get(call.name), turn)
      const result = { callId: call.id, name: call.name, ...answer }
      turn.emit({ type: 'tool-result', result })
      return result
    }),
  )
  const endsChat = toolResults.some((result) => !result.isError && tools.get(result.name)?.endsChat)
  const polling = calls.every((call) => tools.get(call.name)?.pollable)
  return { message: { toolResults }, ...(endsChat && { endsChat }), ...(polling && { polling }) }
}

type Answer = Pick<ToolResult, 'content' | 'isError'>

async function answerTo(call: ToolCall, tool: Tool | undefined, turn: Turn): Promise<Answer> {
  if (!tool) return failure(`Error: Function ${call.name} not found.`)
  const parsed = parseArguments(call.arguments)
  if (parsed.problem !== undefined) return failure(parsed.problem)
  try {
    const checked = await tool.check(parsed.value)
    if (checked.issues) return failure(checked.issues.map((issue) => `Error: ${issue}`).join('\n'))
    turn.emit({ type: 'tool-start', call })
    const key = stepKey(turn, `tool.${call.name}.${call.id}`)
    const run = async (): Promise<Answer> => {
      const context = toolContext(turn, call, key)
      return { content: textOfOutput(await tool.execute(checked.value, context)), isError: false }
    }
    return await turn.cancellation.guard(tool.ownSteps ? run() : turn.runtime.step(key, run))
  } catch (error) {
    if (turn.signal.aborted) return failure(CANCELLED)
    return failure(`Error: ${error instanceof Error ? error.message : quote(error)}`)
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

function textOfOutput(output: unknown): string {
  if (typeof output === 'string') return output
  return JSON.stringify(output) ?? 'null'
}

function failure(content: string): Answer {
  return { content, isError: true }
}
