import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import type { Conversation } from '../../conversation.ts'
import type { Compaction, ContextWindow, LlmConfig } from '../../ports/model.ts'
import type { PromptMessage } from './request-size.ts'
import { headWithin } from './shorten.ts'
import type { TokenMemo } from './token-memo.ts'
import type { View } from './view.ts'
import type { ViewLedger } from './view-ledger.ts'

/** What a model is told that sums up the part of a conversation that is left out, unless `compaction.prompt` says otherwise. */
export const COMPACTION_PROMPT: string =
  'Sum up the part of a conversation that you are shown, for somebody who takes part in it and will no longer see that part. ' +
  'Keep facts, figures, names, decisions, results of tools, and what is still open. Go on from the summary so far, if there is ' +
  'one, and leave nothing of it out that still counts. Write the summary alone.'

/** What a request for a summary takes beside its texts: the marks of two messages, and the headings. */
const FRAME = 80

/** Asks a model for a text, as one step. */
export type AskForSummary = (
  config: LlmConfig,
  request: {
    readonly purpose: 'compaction'
    readonly agent: string
    readonly prompt: LanguageModelV4Prompt
    readonly step: string
  },
) => Promise<{ readonly text?: string | undefined }>

/** What is left out of a view, and who asks for it. */
export interface ToSumUp {
  readonly config: LlmConfig
  readonly window: ContextWindow
  readonly agent: string
  /** Whose view it is; each viewer has a summary of its own, for not all see the same. */
  readonly viewer: string
  readonly conversation: Conversation
  readonly ledger: ViewLedger
  readonly view: View
  /** The step of the request that needs the summary. */
  readonly step: string
}

/** A summary in the data of a conversation: it is written on, not again. */
type StoredSummary = {
  readonly from: number
  readonly to: number
  /** What the messages take that it sums up: other messages are told by it, such as those that hooks make. */
  readonly tokens: number
  readonly text: string
}

/** What a summary may take, its frame not counted. */
export function maxSummaryTokens({ compaction, maxInputTokens }: ContextWindow): number {
  const { maxTokens } = settingsOf(compaction)
  return Math.floor(maxTokens ?? maxInputTokens / 8)
}

/** The summary of what a view leaves out; a model is asked only for what was not summed up before. */
export async function summaryOf(about: ToSumUp, ask: AskForSummary): Promise<string> {
  const { conversation, ledger, view, viewer } = about
  const key = `context-summary:${viewer}`
  let summary = storedIn(conversation, key, about) ?? { from: view.from, to: view.from, tokens: 0, text: '' }
  for (let part = 1; summary.to < view.to; part++) {
    const { texts, to } = nextPart(about, summary)
    const text = await write(about, { summary: summary.text, texts, part }, ask)
    summary = { from: view.from, to, tokens: ledger.wholeTokens(view.from, to), text }
    conversation.data[key] = summary
  }
  return summary.text
}

/** The head of a text that takes at most so many tokens. */
function cut(text: string, maxTokens: number, { counter }: TokenMemo): string {
  if (counter.count(text, maxTokens) <= maxTokens) return text
  return `${text.slice(0, headWithin(text, maxTokens - counter.count('…'), counter))}…`
}

function storedIn(conversation: Conversation, key: string, { ledger, view }: ToSumUp): StoredSummary | undefined {
  const stored = conversation.data[key] as Partial<StoredSummary> | undefined
  if (!stored || typeof stored.text !== 'string' || stored.from !== view.from) return undefined
  const { from, to, tokens, text } = stored
  if (typeof to !== 'number' || to > ledger.length || ledger.wholeTokens(from, to) !== tokens) return undefined
  return { from, to, tokens, text }
}

/** As many of the messages that are not summed up yet as one request has room for. */
function nextPart({ ledger, view, window }: ToSumUp, { to: start }: StoredSummary): { texts: string[]; to: number } {
  const { memo } = ledger.settings
  const room = partRoom(window, memo)
  const texts: string[] = []
  let tokens = 0
  let to = start
  for (const message of ledger.short(start, view.to)) {
    const text = cut(asWords(message), room, memo)
    tokens += memo.counter.count(text) + 1
    if (texts.length > 0 && tokens > room) break
    texts.push(text)
    to++
  }
  return { texts, to }
}

/** What is left for messages beside the instruction and the summary so far. */
function partRoom(window: ContextWindow, memo: TokenMemo): number {
  const { prompt = COMPACTION_PROMPT } = settingsOf(window.compaction)
  return Math.max(1, window.maxInputTokens - memo.count(prompt) - maxSummaryTokens(window) - FRAME)
}

async function write(
  { config, window, agent, step, ledger }: ToSumUp,
  { summary, texts, part }: { readonly summary: string; readonly texts: readonly string[]; readonly part: number },
  ask: AskForSummary,
): Promise<string> {
  const { llmConfig, prompt: instruction = COMPACTION_PROMPT } = settingsOf(window.compaction)
  const { contextWindow: _window, ...own } = config
  const shown = [
    ...(summary === '' ? [] : [`The summary so far:\n${summary}`]),
    `The conversation:\n${texts.join('\n')}`,
  ]
  const prompt: LanguageModelV4Prompt = [
    { role: 'system', content: instruction },
    { role: 'user', content: [{ type: 'text', text: shown.join('\n\n') }] },
  ]
  const maxOutputTokens = maxSummaryTokens(window)
  const request = { purpose: 'compaction' as const, agent, prompt, step: `${step}.compaction.${part}` }
  const { text = '' } = await ask(llmConfig ?? { ...own, maxOutputTokens }, request)
  return cut(text.trim(), maxOutputTokens, ledger.settings.memo)
}

function settingsOf(compaction: ContextWindow['compaction']): Compaction {
  return typeof compaction === 'object' ? compaction : {}
}

/** A message as words alone: who speaks, calls as `name(arguments)`, and what tools answered. */
function asWords(message: PromptMessage): string {
  const name = message.providerOptions?.['conversable']?.['name']
  const speaker = typeof name === 'string' ? name : message.role
  if (typeof message.content === 'string') return `${speaker}: ${message.content}`
  const words = message.content.map((part) => {
    if (part.type === 'text') return part.text
    if (part.type === 'tool-call') return `${part.toolName}(${JSON.stringify(part.input)})`
    if (part.type === 'tool-result')
      return `${part.toolName}: ${'value' in part.output ? spelled(part.output.value) : part.output.type}`
    return part.type === 'file' ? `<${part.mediaType}>` : ''
  })
  return `${speaker}: ${words.filter((word) => word !== '').join('\n')}`
}

function spelled(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
