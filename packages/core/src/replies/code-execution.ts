import { authorOf, textOf, type Message } from '../message.ts'
import { stepKey, type Reply, type ReplyFunction, type Turn } from '../agent.ts'
import type { CodeArtifact } from '../code-artifact.ts'
import type { CodeBlock } from '../code-block.ts'
import { CodeExecutorError } from '../errors/code-executor-error.ts'
import { callback } from '../callback.ts'
import { CallbackError } from '../errors/callback-error.ts'
import type { CodeEnd } from '../event.ts'
import type { CodeDecision } from '../code-decision.ts'
import type { Emit } from '../event.ts'
import type { BeforeExecute } from '../ports/code-approval.ts'
import type { Artifact, CodeExecutor, CodeResult } from '../ports/code-executor.ts'
import { codeBlocksIn } from '../code-blocks.ts'
import { abortable } from '../util/abortable.ts'
import { quote } from '../util/quote.ts'

/** Who runs code, and where it is looked for. */
export interface CodeExecutionConfig {
  readonly executor: CodeExecutor
  /**
   * How many of the last messages are searched for code, newest first. Default `auto`: all that others said since
   * this agent last spoke. 0 finds none.
   */
  readonly lastNMessages?: number | 'auto'
  /**
   * Asked before code runs; it allows exactly these blocks, gives others in their place, or refuses. A refusal is the
   * reply: exit code 1, and the reason as output. Default: all code is run.
   */
  readonly beforeExecute?: BeforeExecute
  /**
   * Says that code may run with nothing between it and the machine, and with nobody who watches. Needed by an agent of
   * humanInputMode `NEVER` whose executor has no isolation at all, and no `beforeExecute`. Default false.
   */
  readonly confirmUnattended?: boolean
}

/** Runs the code blocks of the newest message that has any, and replies with exit code and output. */
export function codeExecutionReply(config: CodeExecutionConfig): ReplyFunction {
  const { lastNMessages = 'auto' } = config
  return (turn) => {
    const window = lastNMessages === 'auto' ? sinceOwnMessage(turn) : lastOf(turn.messages, lastNMessages)
    for (const message of window.toReversed()) {
      const blocks = codeBlocksIn(textOf(message))
      if (blocks.length > 0) return decideAndRun(blocks, config, { turn, author: authorOf(message) })
    }
    return undefined
  }
}

async function decideAndRun(
  found: readonly CodeBlock[],
  { executor, beforeExecute }: CodeExecutionConfig,
  { turn, author }: { readonly turn: Turn; readonly author: string },
): Promise<Reply> {
  if (!beforeExecute) return run(found, executor, turn)
  // Nobody but us has these: what was looked at is what runs, whatever becomes of the objects meanwhile.
  const blocks = frozen(found)
  const { chatId, signal, recipient } = turn
  const ask = async (): Promise<CodeDecision> => {
    const about = { agent: recipient.name, what: 'its beforeExecute', signal }
    const request = { blocks, agent: recipient.name, author, chatId, signal }
    return checked(await callback(about, async () => beforeExecute(request)), recipient.name)
  }
  const about = { agent: recipient.name, input: () => ({ blocks, author }) }
  const decision = await turn.runtime.step(stepKey(turn, 'approval'), ask, about)
  turn.emit({ type: 'code-decision', blocks, decision })
  if (decision.decision === 'refuse') {
    return { message: `exitcode: 1 (execution failed)\nCode output: Not run: ${decision.reason}` }
  }
  return run(decision.decision === 'edit' ? frozen(decision.blocks) : blocks, executor, turn)
}

function frozen(blocks: readonly CodeBlock[]): readonly CodeBlock[] {
  return Object.freeze(blocks.map((block) => Object.freeze({ ...block })))
}

/** A decision, or an error: what is no clear word must not pass as consent. */
function checked(given: unknown, agent: string): CodeDecision {
  const { decision, blocks, reason } = (given ?? {}) as Partial<Record<string, unknown>>
  if (decision === 'allow') return { decision }
  if (decision === 'refuse') return { decision, reason: typeof reason === 'string' ? reason : 'it was not allowed.' }
  // A list of blocks, as far as it is looked at here; the rest is the executor's to check.
  if (decision === 'edit' && Array.isArray(blocks) && blocks.length > 0)
    return { decision, blocks: frozen(blocks as CodeBlock[]) }
  throw new CallbackError(
    agent,
    `Agent ${quote(agent)}: its beforeExecute gave ${quote(given)}. It gives { decision: 'allow' }, ` +
      "{ decision: 'edit', blocks } with at least one block, or { decision: 'refuse', reason }.",
  )
}

async function run(blocks: readonly CodeBlock[], executor: CodeExecutor, turn: Turn): Promise<Reply> {
  const { signal, runtime, recipient, emit } = turn
  emit({ type: 'code-start', blocks })
  const { exitCode, output, artifacts } = await runtime.step(
    stepKey(turn, 'code'),
    (inner) => abortable(execute(blocks, executor, { signal, emit: inner }), signal),
    { agent: recipient.name, input: () => ({ blocks }), emit },
  )
  emit({ type: 'code-end', exitCode, output, artifacts })
  const verdict = exitCode === 0 ? 'execution succeeded' : 'execution failed'
  return { message: `exitcode: ${exitCode} (${verdict})\nCode output: ${output}` }
}

async function execute(
  blocks: readonly CodeBlock[],
  executor: CodeExecutor,
  { signal, emit }: { readonly signal: AbortSignal; readonly emit: Emit },
): Promise<Omit<CodeEnd, 'type'>> {
  try {
    let result: CodeResult | undefined
    for await (const event of executor.execute(blocks, { signal })) {
      if (event.type === 'stdout' || event.type === 'stderr')
        emit({ type: 'code-output', stream: event.type, text: event.text })
      if (event.type === 'end') result = event.result
    }
    if (!result) throw new Error('it ended without a result.')
    const { exitCode, output, artifacts } = result
    return { exitCode, output, artifacts: artifacts.map(withoutBytes) }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof CodeExecutorError) throw error
    const problem = error instanceof Error ? error.message : String(error)
    throw new CodeExecutorError(`The ${executor.kind} executor failed: ${problem}`, { retryable: false, cause: error })
  }
}

/** What an event and a journal can hold of an artifact. */
function withoutBytes({ path, mime, size, origin, file }: Artifact): CodeArtifact {
  return { path, mime, size, origin, ...(file !== undefined && { file }) }
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
