import { authorOf, textOf, type Message } from '../message.ts'
import { stepKey, type Reply, type ReplyFunction, type Turn } from '../agent.ts'
import type { CodeBlock } from '../code-block.ts'
import { CodeExecutorError } from '../errors/code-executor-error.ts'
import type { CodeExecutor, CodeResult } from '../ports/code-executor.ts'
import { codeBlocksIn } from '../code-blocks.ts'
import { abortable } from '../util/abortable.ts'

/** Who runs code, and where it is looked for. */
export interface CodeExecutionConfig {
  readonly executor: CodeExecutor
  /**
   * How many of the last messages are searched for code, newest first. Default `auto`: all that others said since
   * this agent last spoke. 0 finds none.
   */
  readonly lastNMessages?: number | 'auto'
}

/** Runs the code blocks of the newest message that has any, and replies with exit code and output. */
export function codeExecutionReply({ executor, lastNMessages = 'auto' }: CodeExecutionConfig): ReplyFunction {
  return (turn) => {
    const window = lastNMessages === 'auto' ? sinceOwnMessage(turn) : lastOf(turn.messages, lastNMessages)
    for (const message of window.toReversed()) {
      const blocks = codeBlocksIn(textOf(message))
      if (blocks.length > 0) return run(blocks, executor, turn)
    }
    return undefined
  }
}

async function run(blocks: readonly CodeBlock[], executor: CodeExecutor, turn: Turn): Promise<Reply> {
  const { signal, runtime } = turn
  turn.emit({ type: 'code-start', blocks })
  const { exitCode, output } = await runtime.step(stepKey(turn, 'code'), () =>
    abortable(execute(blocks, executor, turn), signal),
  )
  turn.emit({ type: 'code-end', exitCode, output })
  const verdict = exitCode === 0 ? 'execution succeeded' : 'execution failed'
  return { message: `exitcode: ${exitCode} (${verdict})\nCode output: ${output}` }
}

async function execute(
  blocks: readonly CodeBlock[],
  executor: CodeExecutor,
  turn: Turn,
): Promise<Pick<CodeResult, 'exitCode' | 'output'>> {
  try {
    let result: CodeResult | undefined
    for await (const event of executor.execute(blocks, { signal: turn.signal })) {
      if (event.type === 'stdout' || event.type === 'stderr')
        turn.emit({ type: 'code-output', stream: event.type, text: event.text })
      if (event.type === 'end') result = event.result
    }
    if (!result) throw new Error('it ended without a result.')
    return { exitCode: result.exitCode, output: result.output }
  } catch (error) {
    turn.signal.throwIfAborted()
    if (error instanceof CodeExecutorError) throw error
    const problem = error instanceof Error ? error.message : String(error)
    throw new CodeExecutorError(`The ${executor.kind} executor failed: ${problem}`, { retryable: false, cause: error })
  }
}

function sinceOwnMessage({ messages, recipient }: Turn): readonly Message[] {
  const own = messages.findLastIndex(
    (message) => authorOf(message) === recipient.name || message.toolCalls !== undefined,
  )
  return messages.slice(own + 1)
}

function lastOf(messages: readonly Message[], count: number): readonly Message[] {
  return count === 0 ? [] : messages.slice(-count)
}
