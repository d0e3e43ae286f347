import type { ShortenedText } from '../../event.ts'
import { tokensOfMessage, type PromptMessage } from './request-size.ts'
import { Shortener } from './shorten.ts'
import type { ViewLedger } from './view-ledger.ts'

/** What is shown of a transcript. */
export interface View {
  /** The first messages, which are never left out. */
  readonly head: readonly PromptMessage[]
  /** The messages from `from` to `to` are left out; there are none if the two are equal. */
  readonly from: number
  readonly to: number
  /** The newest messages. */
  readonly tail: readonly PromptMessage[]
  /** The texts that are shortened in what is shown. */
  readonly shortened: readonly ShortenedText[]
  /** What the view takes. */
  readonly tokens: number
}

/** What a view has to hold. */
export interface ViewLimits {
  /** What the messages may take. */
  readonly room: number
  /** Room that is needed as soon as something is left out, for what stands in its place. */
  readonly reserve: number
  /** How many messages belong to the head. */
  readonly head: number
  /** How many of the newest messages are shown in any case. */
  readonly keepLast: number
}

/** Into how many parts a window is divided: what is left out grows by one of them at a time. */
const CHUNKS = 4
/** The fewest tokens to which texts are shortened. */
const LEAST = 64

/**
 * What to show of a transcript that has no room as it is: all of it, with long answers of tools shortened; or else without
 * the oldest messages behind the head, a good piece at a time, so that the next requests begin as this one does.
 * Where even the newest messages have no room, their words are shortened as well, and those of the head at last.
 *
 * The same transcript gives the same view. `undefined` if nothing helps.
 */
export function viewOf(ledger: ViewLedger, limits: ViewLimits): View | undefined {
  const { room, reserve } = limits
  const { length } = ledger
  const head = behindAnswers(ledger, Math.min(limits.head, length))
  if (ledger.shortTokens(0, length) <= room) return shortView(ledger, head, head)
  const newest = newestFrom(ledger, { head, keepLast: limits.keepLast })
  const chunk = Math.ceil(ledger.settings.maxInputTokens / CHUNKS)
  const excess = ledger.shortTokens(0, length) - (room - reserve)
  const enough = ledger.placeBehind(head, Math.ceil(excess / chunk) * chunk)
  const view = shortView(ledger, head, Math.min(newest, behindAnswers(ledger, enough)))
  return view.tokens <= room - reserve ? view : squeezed(ledger, { head, newest, room: room - reserve })
}

/** The head and what stands behind `to`, with long answers of tools shortened. */
function shortView(ledger: ViewLedger, head: number, to: number): View {
  const { length } = ledger
  return {
    head: ledger.short(0, head),
    from: head,
    to,
    tail: ledger.short(to, length),
    shortened: [...ledger.shortened(0, head), ...ledger.shortened(to, length)],
    tokens: ledger.shortTokens(0, head) + ledger.shortTokens(to, length),
  }
}

/** The place behind the answers that begin at `index`: calls and their answers are not parted. */
function behindAnswers(ledger: ViewLedger, index: number): number {
  let place = index
  while (ledger.answersCalls(place)) place++
  return place
}

/** Where the newest messages begin, with the calls that they answer. */
function newestFrom(
  ledger: ViewLedger,
  { head, keepLast }: { readonly head: number; readonly keepLast: number },
): number {
  let place = Math.max(head, ledger.length - keepLast)
  while (place > head && ledger.answersCalls(place)) place--
  return place
}

/** Head and newest messages alone, with their texts made shorter and shorter; at last with fewer messages. */
function squeezed(
  ledger: ViewLedger,
  { head, newest, room }: { readonly head: number; readonly newest: number; readonly room: number },
): View | undefined {
  const { maxInputTokens } = ledger.settings
  const limits: number[] = []
  for (let limit = maxInputTokens / CHUNKS; limit > LEAST; limit /= 2) limits.push(Math.floor(limit))
  const make = (from: number, headLimit: number, tailLimit: number): View =>
    squeezedTo(ledger, { head, from, headLimit, tailLimit })
  for (const limit of limits) {
    const view = make(newest, Infinity, limit)
    if (view.tokens <= room) return view
  }
  for (const limit of [...limits, LEAST]) {
    const view = make(newest, limit, LEAST)
    if (view.tokens <= room) return view
  }
  const least = make(newest, LEAST, LEAST)
  let { tokens } = least
  for (const [index, message] of least.tail.entries()) {
    const from = newest + index
    if (tokens <= room && !ledger.answersCalls(from)) return make(from, LEAST, LEAST)
    tokens -= tokensOfMessage(message, ledger.settings.memo)
  }
  return undefined
}

function squeezedTo(
  ledger: ViewLedger,
  {
    head,
    from,
    headLimit,
    tailLimit,
  }: { readonly head: number; readonly from: number; readonly headLimit: number; readonly tailLimit: number },
): View {
  const { memo, canRead } = ledger.settings
  const shortened: ShortenedText[] = []
  const shorten = (messages: readonly PromptMessage[], limit: number): PromptMessage[] => {
    const shortener = new Shortener(memo, limit, canRead)
    return messages.map((message) => shortener.message(message, 'all', shortened))
  }
  const first = shorten(ledger.whole(0, head), headLimit)
  const tail = shorten(ledger.whole(from, ledger.length), tailLimit)
  const tokens = [...first, ...tail].reduce((sum, message) => sum + tokensOfMessage(message, memo), 0)
  return { head: first, from: head, to: from, tail, shortened, tokens }
}
