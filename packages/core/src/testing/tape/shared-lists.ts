import type { JsonValue } from '../../message.ts'
import { quote } from '../../util/quote.ts'
import type { TapeEntry } from './tape.ts'
import { TapeError } from './tape-error.ts'

/**
 * Prompts grow at their end, so most of each is in an earlier one. On a tape the beginning of a list is therefore given
 * by reference, as `{ "$same": 4, "as": "<key of an earlier step>" }`: the first four entries of the list that stands in
 * the input of that step under the same name.
 */
interface Beginning {
  readonly $same: number
  readonly as: string
}

type Lists = { readonly [name: string]: JsonValue | undefined }

/** Writes what lists have in common with earlier ones as references. */
export function sharedLists(entries: readonly TapeEntry[]): TapeEntry[] {
  // By name and first entry, which for prompts is the system message and so tells agents apart.
  const latest = new Map<string, { readonly step: string; readonly list: readonly JsonValue[] }>()
  return entries.map((entry) =>
    withLists(entry, (list, name) => {
      const key = `${name}:${JSON.stringify(list[0])}`
      const earlier = latest.get(key)
      latest.set(key, { step: entry.step, list })
      if (!earlier) return list
      const count = commonLength(earlier.list, list)
      return [{ $same: count, as: earlier.step }, ...list.slice(count)]
    }),
  )
}

/**
 * Puts the lists together again.
 *
 * @throws TapeError when a reference leads nowhere.
 */
export function wholeLists(entries: readonly TapeEntry[]): TapeEntry[] {
  const seen = new Map<string, Lists>()
  return entries.map((entry) => {
    const whole = withLists(entry, (list, name) => {
      const [first, ...rest] = list
      if (!isBeginning(first)) return list
      const earlier = seen.get(first.as)
      const from = earlier && Object.hasOwn(earlier, name) ? earlier[name] : undefined
      if (Array.isArray(from) && first.$same >= 0 && first.$same <= from.length)
        return [...from.slice(0, first.$same), ...rest]
      throw new TapeError(
        `On the tape, ${quote(name)} of the step ${quote(entry.step)} begins like that of ${quote(first.as)}, which is ` +
          'not in front of it, or is shorter. Record the tape again.',
        { step: entry.step },
      )
    })
    if (isObject(whole.input)) seen.set(entry.step, whole.input)
    return whole
  })
}

/** The entry with the lists in its input changed. */
function withLists(
  entry: TapeEntry,
  change: (list: readonly JsonValue[], name: string) => readonly JsonValue[],
): TapeEntry {
  const { input } = entry
  if (!isObject(input)) return entry
  const changed = Object.entries(input).map(([name, value]): [string, JsonValue | undefined] => [
    name,
    Array.isArray(value) && value.length > 0 ? change(value, name) : value,
  ])
  return { ...entry, input: Object.fromEntries(changed) }
}

function commonLength(one: readonly JsonValue[], other: readonly JsonValue[]): number {
  let length = 0
  while (length < one.length && length < other.length && isSame(one[length], other[length])) length++
  return length
}

function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

function isObject(value: JsonValue | undefined): value is Lists {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isBeginning(value: JsonValue | undefined): value is JsonValue & Beginning {
  return isObject(value) && typeof value['as'] === 'string' && Number.isInteger(value['$same'])
}
