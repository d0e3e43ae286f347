import { checkAmount, checkOptions } from '../check-options.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { quote } from '../util/quote.ts'

const NEEDED = Object.freeze(['input', 'output'])
const FURTHER = Object.freeze(['cachedInput', 'cacheWrite', 'reasoning'])

/**
 * Refuses a price with which no cost can be worked out.
 *
 * @throws ConfigurationError `unknown-option` or `invalid-option`.
 */
export function checkPrice(owner: string, price: unknown): void {
  checkAmounts(owner, price, { needed: NEEDED, further: [...FURTHER, 'requestUsd'], lists: ['longInput'] })
  // An object, as was just checked.
  const { longInput = [] } = price as { readonly longInput?: unknown }
  if (!Array.isArray(longInput)) {
    throw new ConfigurationError('invalid-option', `The longInput of ${owner} is ${quote(longInput)}. Give a list.`)
  }
  for (const prices of longInput) {
    checkAmounts(`longInput of ${owner}`, prices, { needed: [...NEEDED, 'aboveTokens'], further: FURTHER })
  }
}

interface Amounts {
  readonly needed: readonly string[]
  readonly further: readonly string[]
  readonly lists?: readonly string[]
}

function checkAmounts(owner: string, value: unknown, { needed, further, lists = [] }: Amounts): void {
  checkOptions(owner, value, [...needed, ...further, ...lists])
  // An object, as was just checked.
  const amounts = value as Readonly<Record<string, unknown>>
  for (const option of needed) checkAmount(owner, option, amounts[option])
  for (const option of further) if (amounts[option] !== undefined) checkAmount(owner, option, amounts[option])
}
