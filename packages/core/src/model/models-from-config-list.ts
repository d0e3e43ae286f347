import { checkOptions } from '../check-options.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { ModelEntry } from '../ports/model.ts'
import type { ModelPrice } from '../ports/prices.ts'
import { quote } from '../util/quote.ts'
import { assertConfigList, spelledOut, type ConfigEntry } from './config-entry.ts'
import { ConfiguredModel } from './configured-model.ts'
import { recipeOf } from './provider-recipe.ts'
import { RateLimiter } from './rate-limiter.ts'

type Options = Readonly<Record<string, unknown>>

const OPTIONS: readonly string[] = Object.freeze([
  'model',
  'apiKey',
  'baseURL',
  'apiType',
  'apiVersion',
  'azureDeployment',
  'organization',
  'project',
  'headers',
  'awsRegion',
  'awsAccessKey',
  'awsSecretKey',
  'awsSessionToken',
  'tags',
  'price',
  'apiRateLimit',
  'timeout',
  'maxRetries',
  'temperature',
  'topP',
  'maxOutputTokens',
  'stopSequences',
  'seed',
  'filter',
])

/** What AutoGen has in an entry, and where it is here. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['cache', 'Give llmConfig a cache.'],
  ['cacheSeed', 'Give llmConfig a cache: diskCache({ seed: 41 }) of "conversable/node".'],
  ['modelClientCls', 'Put an object that implements LanguageModelV4 into llmConfig.model.'],
  ['stream', 'Answers are always streamed; take it out.'],
])

/**
 * Models for `llmConfig.model` from a list of entries such as `configListFromJson` gives, in both spellings. Providers'
 * packages are loaded when a model is first asked. An entry with `apiRateLimit` gets a limiter of its own.
 *
 * @throws ConfigurationError for what is no list, an option that nobody reads, and a value that cannot be. Keys are
 *   never quoted.
 */
export function modelsFromConfigList(list: readonly ConfigEntry[]): ModelEntry[] {
  assertConfigList(list, 'The list of models')
  return list.map((entry, index) => {
    const place = `Entry ${index + 1} of the list of models`
    const options = spelledOut(entry)
    const elsewhere = Object.keys(options).find((name) => ELSEWHERE.has(name))
    if (elsewhere !== undefined) throw refuse(`${place} has ${quote(elsewhere)}. ${ELSEWHERE.get(elsewhere)}`)
    checkOptions(place, options, OPTIONS)
    return { model: new ConfiguredModel(recipeOf(options, place)), ...settingsOf(options, place) }
  })
}

const NUMBERS = Object.freeze(['temperature', 'topP', 'maxOutputTokens', 'seed'] as const)

function settingsOf(options: Options, place: string): Omit<ModelEntry, 'model'> {
  const { price, apiRateLimit, timeout, maxRetries, stopSequences, filter } = options
  const numbers = NUMBERS.flatMap((name) =>
    options[name] === undefined ? [] : [[name, numberIn(options, name, place)]],
  )
  return {
    ...Object.fromEntries(numbers),
    ...(stopSequences !== undefined && { stopSequences: textsIn(stopSequences, place) }),
    ...(price !== undefined && { price: priceOf(price, place) }),
    ...(apiRateLimit !== undefined && { rateLimit: limiterOf(numberIn(options, 'apiRateLimit', place)) }),
    ...(timeout !== undefined && { timeoutMs: Math.ceil(numberIn(options, 'timeout', place) * 1_000) }),
    ...(maxRetries !== undefined && { retry: { maxRetries: numberIn(options, 'maxRetries', place) } }),
    // Checked with the configuration that the entry becomes part of.
    ...(filter !== undefined && { filter: filter as NonNullable<ModelEntry['filter']> }),
  }
}

function numberIn(options: Options, name: string, place: string): number {
  const value = options[name]
  if (typeof value === 'number' && value >= 0) return value
  throw refuse(`${place} has ${quote(value)} as ${name}. Give a number from 0.`)
}

function textsIn(value: unknown, place: string): string[] {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (texts.every((text) => typeof text === 'string')) return [...texts]
  throw refuse(`${place} has ${quote(value)} as stopSequences. Give texts.`)
}

/** AutoGen's prices are for a thousand tokens, as a pair or as one number. */
function priceOf(price: unknown, place: string): ModelPrice {
  const [input, output = input]: readonly unknown[] = Array.isArray(price) ? price : [price]
  if (typeof input === 'number' && typeof output === 'number') return { input: input * 1_000, output: output * 1_000 }
  if (isPrice(price)) return price
  throw refuse(`${place} has ${quote(price)} as price. Give { input, output } in US dollars for a million tokens.`)
}

function isPrice(price: unknown): price is ModelPrice {
  if (typeof price !== 'object' || price === null || !('input' in price) || !('output' in price)) return false
  return typeof price.input === 'number' && typeof price.output === 'number'
}

/** So many calls a second, evenly. */
function limiterOf(callsPerSecond: number): RateLimiter {
  return new RateLimiter({ minIntervalMs: Math.max(1, 1_000 / callsPerSecond) })
}

function refuse(message: string): ConfigurationError {
  return new ConfigurationError('invalid-option', message)
}
