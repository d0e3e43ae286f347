import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import type { Conversation } from '../../conversation.ts'
import { ConfigurationError } from '../../errors/configuration-error.ts'
import { isVisibleTo } from '../../message.ts'
import type { ChatContext } from '../../ports/chat-context.ts'
import type { LlmConfig } from '../../ports/model.ts'
import type { JsonSchema, ToolSpec } from '../../ports/tool.ts'
import { READ_SHORTENED } from '../../tools/read-shortened.ts'
import { quote } from '../../util/quote.ts'
import { modelsOf } from '../entries.ts'
import { maxSummaryTokens, summaryOf, type AskForSummary } from './compaction.ts'
import { MESSAGE_FRAME, tokensOfFrame, tokensOfMessage, type PromptMessage } from './request-size.ts'
import { memoFor, type TokenMemo } from './token-memo.ts'
import { ViewLedger, type LedgerSettings } from './view-ledger.ts'
import { viewOf, type View } from './view.ts'

/** Which conversation a prompt shows, so that a request need not count again what an earlier one counted. */
export interface PromptSource {
  readonly conversation: Conversation
  /** Whose view of it the prompt is; views of different viewers have nothing to do with one another. */
  readonly viewer: string
  /** How many messages at the end are a question about the transcript, and no part of it. Default 0. */
  readonly closing?: number
}

/** What has to be known of a request to make it fit. */
export interface WindowRequest {
  readonly agent: string
  readonly purpose: string
  readonly prompt: LanguageModelV4Prompt
  readonly tools?: readonly ToolSpec[]
  readonly schema?: { readonly name: string; readonly json: JsonSchema }
  readonly step: string
  readonly source?: PromptSource
}

/** What happens on the way: a summary may be asked for, and what was left out is told. */
export interface WindowContext extends Pick<ChatContext, 'emit'> {
  readonly ask: AskForSummary
}

/**
 * A request with as much of its prompt as the window has room for: system message, first message and newest messages
 * always, calls with their answers or not at all. The request itself if all of it has room.
 *
 * @throws ConfigurationError `request-too-large` when it cannot be made to fit.
 */
export async function fitToWindow<Request extends WindowRequest>(
  config: LlmConfig,
  request: Request,
  context: WindowContext,
): Promise<Request> {
  const { contextWindow: window } = config
  if (!window) return request
  const { prompt, source, tools } = request
  const memo = await memoFor(
    { models: modelsOf(config.model), tokenCounter: window.tokenCounter },
    source?.conversation,
  )
  const { maxInputTokens, maxToolResultTokens = Math.floor(maxInputTokens / 8) } = window
  const canRead = tools?.some(({ name }) => name === READ_SHORTENED) ?? false
  const ledger = ledgerFor(request, { memo, maxInputTokens, maxToolResultTokens, canRead })
  const { start, end } = transcriptIn(prompt, source?.closing ?? 0)
  ledger.take(prompt, start, end)
  const around = tokensAround(request, { start, end, memo })
  if (around + ledger.wholeTokens(0, ledger.length) <= maxInputTokens) {
    ledger.told = ''
    return request
  }
  const compacting = window.compaction && source ? source : undefined
  const view = viewOf(ledger, {
    room: maxInputTokens - around,
    reserve: compacting ? MESSAGE_FRAME + FRAME_OF_SUMMARY + maxSummaryTokens(window) : 0,
    head: headLength(source),
    // The newest one is what is to be replied to.
    keepLast: Math.max(1, window.keepLastMessages ?? 4),
  })
  if (!view) throw tooLarge(request, { around, maxInputTokens, ledger })
  const { agent, step } = request
  const summary =
    compacting && view.to > view.from
      ? await summaryOf({ config, window, agent, step, ledger, view, ...compacting }, context.ask)
      : undefined
  const middle = summary ? [summaryMessage(summary, view)] : []
  const tokens = middle.reduce((sum, message) => sum + tokensOfMessage(message, memo), around + view.tokens)
  tell(request, { view, ledger, around, tokens, summary }, context)
  return {
    ...request,
    prompt: [...prompt.slice(0, start), ...view.head, ...middle, ...view.tail, ...prompt.slice(end)],
  }
}

/** What stands around a summary, in letters and so in tokens at the most. */
const FRAME_OF_SUMMARY = 80

function summaryMessage(summary: string, { from, to }: View): PromptMessage {
  const text = `Summary of the ${to - from} messages that stood here:\n${summary}`
  return { role: 'user', content: [{ type: 'text', text }] }
}

function ledgerFor({ purpose, source }: WindowRequest, settings: LedgerSettings): ViewLedger {
  if (!source) return new ViewLedger(settings)
  const key = `view:${purpose}:${source.viewer}`
  const kept = source.conversation.derive(key, () => ({ ledger: new ViewLedger(settings) }))
  if (!kept.ledger.isFor(settings)) kept.ledger = new ViewLedger(settings)
  return kept.ledger
}

/** Where the transcript stands: behind the system messages, in front of the question. */
function transcriptIn(
  prompt: LanguageModelV4Prompt,
  closing: number,
): { readonly start: number; readonly end: number } {
  const end = prompt.length - closing
  let start = 0
  while (start < end && prompt[start]?.role === 'system') start++
  return { start, end }
}

function tokensAround(
  request: WindowRequest,
  { start, end, memo }: { readonly start: number; readonly end: number; readonly memo: TokenMemo },
): number {
  const { prompt } = request
  let tokens = tokensOfFrame(request, memo)
  for (const message of prompt.slice(0, start)) tokens += tokensOfMessage(message, memo)
  for (const message of prompt.slice(end)) tokens += tokensOfMessage(message, memo)
  return tokens
}

/** The task is the first message, or the second behind the introductions of a group. */
function headLength(source: PromptSource | undefined): number {
  const first = source?.conversation.messages[0]
  if (!source || !first?.visibleTo || first.name !== source.conversation.group) return 1
  return isVisibleTo(first, source.viewer) ? 2 : 1
}

function tell(
  { agent, purpose }: WindowRequest,
  {
    view,
    ledger,
    around,
    tokens,
    summary,
  }: {
    readonly view: View
    readonly ledger: ViewLedger
    readonly around: number
    readonly tokens: number
    readonly summary: string | undefined
  },
  { emit }: WindowContext,
): void {
  const { from, to, shortened } = view
  const now = `${from}-${to}:${shortened.map(({ id, leftOut }) => `${id}-${leftOut}`).join()}`
  if (now === ledger.told) return
  ledger.told = now
  emit({
    type: 'context-trim',
    agent,
    by: 'contextWindow',
    purpose,
    leftOut: to - from,
    shortened,
    tokensBefore: around + ledger.wholeTokens(0, ledger.length),
    tokensAfter: tokens,
    ...(summary !== undefined && { summary }),
  })
}

function tooLarge(
  { agent, purpose }: WindowRequest,
  {
    around,
    maxInputTokens,
    ledger,
  }: { readonly around: number; readonly maxInputTokens: number; readonly ledger: ViewLedger },
): ConfigurationError {
  const transcript = ledger.wholeTokens(0, ledger.length)
  return new ConfigurationError(
    'request-too-large',
    `A request for agent ${quote(agent)} (${purpose}) cannot be made to fit into contextWindow.maxInputTokens, ` +
      `${maxInputTokens}: its system message, tools and question take ${around} tokens, and its transcript, ` +
      `${transcript} as it is, cannot be shortened to what is left. Shorten the system message, offer fewer tools, or ` +
      'raise maxInputTokens.',
  )
}
