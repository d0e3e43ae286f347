import type { JsonValue } from '../../message.ts'
import { isSecretName, secretPatterns } from './secrets.ts'
import type { TapeEvent } from './tape.ts'

/** What stands on a tape in the place of a secret. */
export const REDACTED = '[redacted]'

interface Span {
  readonly start: number
  readonly end: number
}

/** Takes secrets out of what is recorded. */
export class Redactor {
  readonly #patterns: readonly RegExp[]
  readonly #copies = new WeakMap<object, JsonValue>()

  /** @param secrets - Values that are secret, beside those that are so by their form or their name. */
  constructor(secrets: readonly string[] = []) {
    this.#patterns = secretPatterns(secrets)
  }

  /** A copy of JSON data without secrets. What is in it twice is copied once. */
  redact(value: JsonValue): JsonValue {
    return this.#copy(value, '')
  }

  /** Events without secrets, those included that are spread over several pieces of a text. */
  redactEvents(events: readonly TapeEvent[]): TapeEvent[] {
    const texts = new Map<string, number[]>()
    for (const [index, event] of events.entries()) {
      const field = fieldOfPiece(event)
      if (field === undefined) continue
      const key = JSON.stringify({ ...event, [field]: '' })
      const indexes = texts.get(key)
      if (indexes) indexes.push(index)
      else texts.set(key, [index])
    }
    // A copy of an event is an event.
    const copies = events.map((event) => this.redact(event) as TapeEvent)
    for (const indexes of texts.values()) this.#redactText(indexes, events, copies)
    return copies
  }

  /** Redacts the events that together are one text. */
  #redactText(indexes: readonly number[], events: readonly TapeEvent[], copies: TapeEvent[]): void {
    const pieces = indexes.map((index) => pieceOf(events[index]))
    for (const [at, text] of this.#pieces(pieces).entries()) {
      const index = indexes[at] ?? 0
      const copy = copies[index]
      const field = copy && fieldOfPiece(copy)
      if (field !== undefined) copies[index] = { ...copy, [field]: text } as TapeEvent
    }
  }

  #copy(value: JsonValue, name: string): JsonValue {
    if (typeof value === 'string') return isSecretName(name) && value !== '' ? REDACTED : this.#text(value)
    if (typeof value !== 'object' || value === null) return value
    const known = this.#copies.get(value)
    if (known !== undefined) return known
    const copy: JsonValue = Array.isArray(value)
      ? value.map((item: JsonValue) => this.#copy(item, ''))
      : Object.fromEntries(Object.entries(value).map(([key, item]) => [this.#text(key), this.#copy(item ?? null, key)]))
    this.#copies.set(value, copy)
    return copy
  }

  #text(text: string): string {
    return this.#pieces([text])[0] ?? ''
  }

  /** The pieces of one text; a secret is marked where it begins, and cut out where it goes on. */
  #pieces(pieces: readonly string[]): string[] {
    const spans = this.#spansIn(pieces.join(''))
    if (spans.length === 0) return [...pieces]
    let start = 0
    return pieces.map((piece) => {
      const end = start + piece.length
      const redacted = pieceWithout(spans, piece, start)
      start = end
      return redacted
    })
  }

  /** Where secrets stand, in order, none touching another. */
  #spansIn(text: string): Span[] {
    const found = this.#patterns.flatMap((pattern) =>
      [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length })),
    )
    const spans: Span[] = []
    for (const span of found.toSorted((one, other) => one.start - other.start)) {
      const last = spans.at(-1)
      if (last && span.start < last.end)
        spans[spans.length - 1] = { start: last.start, end: Math.max(last.end, span.end) }
      else spans.push(span)
    }
    return spans
  }
}

function pieceWithout(spans: readonly Span[], piece: string, start: number): string {
  let text = ''
  let at = start
  for (const span of spans) {
    if (span.end <= start || span.start >= start + piece.length) continue
    text += piece.slice(at - start, Math.max(span.start - start, at - start))
    if (span.start >= start) text += REDACTED
    at = span.end
  }
  return text + piece.slice(Math.max(at - start, 0))
}

/** Events that are pieces of a text have it in one of these fields. */
function fieldOfPiece(event: TapeEvent): 'delta' | 'text' | undefined {
  return (['delta', 'text'] as const).find((field) => typeof event[field] === 'string')
}

function pieceOf(event: TapeEvent | undefined): string {
  const field = event && fieldOfPiece(event)
  const piece = field && event[field]
  return typeof piece === 'string' ? piece : ''
}
