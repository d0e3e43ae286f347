import type { JsonValue } from '../../message.ts'
import { REDACTED } from './redactor.ts'

/** Where two values differ first, and what stands there. A value that is not there is `undefined`. */
export interface Difference {
  /** Such as `prompt[4].content[0].text`; empty for the values themselves. */
  readonly field: string
  readonly recorded: JsonValue | undefined
  readonly now: JsonValue | undefined
}

/** The first difference between what was recorded and what is there now; `undefined` if there is none. */
export function firstDifference(
  recorded: JsonValue | undefined,
  now: JsonValue | undefined,
  field = '',
): Difference | undefined {
  if (recorded === now) return undefined
  if (typeof recorded === 'string' && typeof now === 'string' && isRedacted(recorded, now)) return undefined
  if (!isContainer(recorded) || !isContainer(now) || Array.isArray(recorded) !== Array.isArray(now))
    return { field, recorded, now }
  const names = new Set([...Object.keys(recorded), ...Object.keys(now)])
  for (const name of names) {
    const place = Array.isArray(recorded) ? `${field}[${name}]` : `${field}${field && '.'}${name}`
    const found = firstDifference(valueOf(recorded, name), valueOf(now, name), place)
    if (found) return found
  }
  return undefined
}

/** A difference in words, for one line. */
export function differenceText({ recorded, now }: Omit<Difference, 'field'>): string {
  const start = typeof recorded === 'string' && typeof now === 'string' ? commonStart(recorded, now) : 0
  return `recorded ${shown(recorded, start)}, now ${shown(now, start)}`
}

const BEFORE = 30
const SHOWN = 100

function shown(value: JsonValue | undefined, start: number): string {
  if (value === undefined) return 'nothing'
  if (typeof value !== 'string') return cut(JSON.stringify(value))
  const from = start <= BEFORE || value.length <= SHOWN ? 0 : start - BEFORE
  return `${from > 0 ? '…' : ''}${JSON.stringify(cut(value.slice(from)))}`
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}

function commonStart(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length++
  return length
}

/** Says whether a text is a recorded one with something, whatever it is, in the places of its secrets. */
function isRedacted(recorded: string, now: string): boolean {
  const [first = '', ...rest] = recorded.split(REDACTED)
  const last = rest.pop()
  if (last === undefined || !now.startsWith(first) || !now.endsWith(last)) return false
  let at = first.length
  for (const piece of rest) {
    const found = now.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  return at <= now.length - last.length
}

function isContainer(value: JsonValue | undefined): value is Extract<JsonValue, object> {
  return typeof value === 'object' && value !== null
}

function valueOf(container: Extract<JsonValue, object>, name: string): JsonValue | undefined {
  // A list or an object of JSON, looked at by a name of its own.
  return Object.hasOwn(container, name)
    ? (container as Readonly<Record<string, JsonValue | undefined>>)[name]
    : undefined
}
