import { ConfigurationError } from '../errors/configuration-error.ts'
import type { AnswerFilter } from '../ports/model.ts'
import type { ModelPrice } from '../ports/prices.ts'
import { quote } from '../util/quote.ts'

/**
 * One entry of a list of models as people write it into a file. Every option may also be spelled as in AutoGen:
 * `api_key`, `base_url`, `api_type`, `api_version`, `api_rate_limit`, `max_tokens`, …
 */
export interface ConfigEntry {
  /** As the provider calls it. */
  readonly model: string
  /** Without it the provider's package looks for one in the environment; not for a server named by `baseURL`. */
  readonly apiKey?: string
  /** Where the provider, or a server that speaks as it does, is asked. */
  readonly baseURL?: string
  /** The provider: `openai`, `azure`, `anthropic`, `google`, `mistral`, `ollama`, … Default `openai`. */
  readonly apiType?: string
  /** With Azure: versions other than `v1` are asked by deployment. */
  readonly apiVersion?: string
  /** With Azure. Default: as the model. */
  readonly azureDeployment?: string
  /** With OpenAI. */
  readonly organization?: string
  readonly project?: string
  readonly headers?: Readonly<Record<string, string>>
  /** With Bedrock. */
  readonly awsRegion?: string
  readonly awsAccessKey?: string
  readonly awsSecretKey?: string
  readonly awsSessionToken?: string
  /** For `filterConfig` alone. */
  readonly tags?: readonly string[]
  /** US dollars: for a million tokens; or as in AutoGen for a thousand, as `[input, output]`, or one number for both. */
  readonly price?: ModelPrice | readonly [number, number] | number
  /** Calls a second. Each entry waits by itself; for a limit that several share use `RateLimiter`. */
  readonly apiRateLimit?: number
  /** Seconds for one answer. */
  readonly timeout?: number
  readonly maxRetries?: number
  readonly temperature?: number
  readonly topP?: number
  readonly maxOutputTokens?: number
  readonly stopSequences?: readonly string[] | string
  readonly seed?: number
  readonly filter?: AnswerFilter
  /** Other spellings. */
  readonly [option: string]: unknown
}

/** What is spelled otherwise in more than its underscores. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['apiBase', 'baseURL'],
  ['baseUrl', 'baseURL'],
  ['azureEndpoint', 'baseURL'],
  ['defaultHeaders', 'headers'],
  ['filterFunc', 'filter'],
  ['maxTokens', 'maxOutputTokens'],
  ['maxCompletionTokens', 'maxOutputTokens'],
  ['stop', 'stopSequences'],
])

/** The name of an option in the spelling of this library. */
export function optionName(name: string): string {
  const camel = name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
  return NAMES.get(camel) ?? camel
}

/** An entry with its options in the spelling of this library. What they say is not looked at. */
export function spelledOut(entry: object): Readonly<Record<string, unknown>> {
  const options = Object.entries(entry).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(options.map(([name, value]) => [optionName(name), value]))
}

/**
 * Refuses what is no list of models. What stands in an entry is not quoted, for there are keys.
 *
 * @param what - Names the list: `The list of models in "OAI_CONFIG_LIST"`.
 * @throws ConfigurationError
 */
export function assertConfigList(list: unknown, what: string): asserts list is readonly ConfigEntry[] {
  if (!Array.isArray(list)) throw refuse(`${what} is no list. Write one, as in [{ "model": "gpt-5" }].`)
  for (const [index, entry] of list.entries()) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      throw refuse(`${what} has no object as entry ${index + 1}. Write one, as in { "model": "gpt-5" }.`)
    }
    const { model } = spelledOut(entry)
    if (typeof model === 'string' && model !== '') continue
    throw refuse(`${what} has ${quote(model)} as model of entry ${index + 1}. Give its name.`)
  }
}

function refuse(message: string): ConfigurationError {
  return new ConfigurationError('invalid-option', message)
}
