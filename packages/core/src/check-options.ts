import { ConfigurationError } from './errors/configuration-error.ts'
import { quote } from './util/quote.ts'

/**
 * Refuses options that nobody reads: a typing error must not pass as a setting.
 *
 * @throws ConfigurationError `unknown-option`, with the nearest known name.
 */
export function checkOptions(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ConfigurationError('invalid-option', `The options of ${owner} are ${quote(options)}. Give an object.`)
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const nearest =
      known.find((one) => one.toLowerCase() === name.replaceAll('_', '').toLowerCase()) ?? closest(name, known)
    const advice = nearest === undefined ? `It knows ${known.join(', ')}.` : `Did you mean ${quote(nearest)}?`
    throw new ConfigurationError('unknown-option', `${capitalised(owner)} has no option ${quote(name)}. ${advice}`)
  }
}

/**
 * Refuses a count that is none.
 *
 * @throws ConfigurationError `invalid-option` unless it is a whole number from 0, or `Infinity` where that is allowed.
 */
export function checkCount(
  owner: string,
  option: string,
  { value, infinite = false }: { readonly value: unknown; readonly infinite?: boolean },
): void {
  if (value === undefined || (infinite && value === Infinity)) return
  if (Number.isInteger(value) && Number(value) >= 0) return
  throw new ConfigurationError(
    'invalid-option',
    `${capitalised(owner)} has ${quote(value)} as ${option}. Give a whole number from 0${infinite ? ', or Infinity' : ''}.`,
  )
}

/**
 * Refuses an amount that is none, such as a price.
 *
 * @throws ConfigurationError `invalid-option` unless it is a number from 0.
 */
export function checkAmount(owner: string, option: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value < Infinity) return
  throw new ConfigurationError(
    'invalid-option',
    `${capitalised(owner)} has ${quote(value)} as ${option}. Give a number from 0.`,
  )
}

function closest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((one) => ({ one, far: distance(name.toLowerCase(), one.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far)
  const [best] = ranked
  return best && best.far <= Math.max(2, name.length / 3) ? best.one : undefined
}

/** How many letters have to be added, dropped or changed to turn one word into the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_none, index) => index)
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1]
    for (const [j, otherLetter] of [...other].entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === otherLetter ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
