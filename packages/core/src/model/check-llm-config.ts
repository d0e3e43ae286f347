import { checkCount, checkOptions } from '../check-options.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { LlmConfig, ModelSettings } from '../ports/model.ts'
import { quote } from '../util/quote.ts'
import { isEntry, isList } from './entries.ts'
import { checkPrice } from './check-price.ts'
import { checkModel } from './resolve-model.ts'
import { checkContextWindow } from './window/check-window.ts'

const SETTINGS: readonly string[] = Object.freeze([
  'temperature',
  'topP',
  'maxOutputTokens',
  'stopSequences',
  'seed',
  'providerOptions',
  'idleTimeoutMs',
  'timeoutMs',
  'retry',
  'rateLimit',
  'filter',
  'toolCalls',
  'price',
])
const ENTRY_OPTIONS: readonly string[] = Object.freeze(['model', ...SETTINGS])
const OPTIONS: readonly string[] = Object.freeze([
  ...ENTRY_OPTIONS,
  'cache',
  'speakerNames',
  'toolChoice',
  'contextWindow',
  'allowFormatStrTemplate',
])
const TOOL_CALLS: readonly unknown[] = Object.freeze(['auto', 'native', 'text'])
const TOOL_CHOICES: readonly unknown[] = Object.freeze(['auto', 'none', 'required'])
const RETRY_OPTIONS: readonly string[] = Object.freeze(['maxRetries', 'initialDelayMs', 'maxDelayMs'])

/**
 * Refuses a configuration of models that cannot work.
 *
 * @throws ConfigurationError
 */
export function checkLlmConfig(config: LlmConfig, agent: string): void {
  const owner = `the llmConfig of agent ${quote(agent)}`
  const list = ['configList', 'config_list'].find((name) => name in config)
  if (list !== undefined) {
    throw refuse(`The llmConfig of agent ${quote(agent)} has ${list}. Write model: modelsFromConfigList(${list}).`)
  }
  checkOptions(owner, config, OPTIONS)
  checkSettings(config, owner)
  checkToolChoice(config.toolChoice, owner)
  checkCache(config.cache, owner)
  if (config.contextWindow !== undefined) checkContextWindow(config.contextWindow, agent)
  if (!isList(config.model)) return checkModel(config.model, agent)
  if (config.model.length === 0) {
    throw refuse(`Agent ${quote(agent)} has an empty list of models. Give it one model or more.`, 'unknown-model')
  }
  for (const [index, one] of config.model.entries()) {
    if (!isEntry(one)) {
      checkModel(one, agent)
      continue
    }
    const place = `model ${index + 1} of agent ${quote(agent)}`
    checkOptions(place, one, ENTRY_OPTIONS)
    checkSettings(one, place)
    checkModel(one.model, agent)
  }
}

function checkSettings(
  { retry, rateLimit, filter, toolCalls = 'auto', ...settings }: ModelSettings,
  owner: string,
): void {
  if (!TOOL_CALLS.includes(toolCalls)) {
    throw refuse(`The toolCalls in ${owner} are ${quote(toolCalls)}. They are one of ${TOOL_CALLS.join(', ')}.`)
  }
  if (settings.price !== undefined) checkPrice(`the price in ${owner}`, settings.price)
  for (const option of ['idleTimeoutMs', 'timeoutMs', 'maxOutputTokens'] as const) {
    checkCount(owner, option, { value: settings[option] })
  }
  if (retry) {
    checkOptions(`retry in ${owner}`, retry, RETRY_OPTIONS)
    for (const option of ['maxRetries', 'initialDelayMs', 'maxDelayMs'] as const) {
      checkCount(`retry in ${owner}`, option, { value: retry[option] })
    }
  }
  if (rateLimit !== undefined && typeof rateLimit?.enter !== 'function') {
    throw refuse(`The rateLimit in ${owner} is ${quote(rateLimit)}. Give a RateLimiter.`)
  }
  if (filter !== undefined && typeof filter !== 'function') {
    throw refuse(`A filter in ${owner} is ${quote(filter)}. Give a function of the answer.`)
  }
}

function checkToolChoice(choice: unknown, owner: string): void {
  const isKnown = choice === undefined || TOOL_CHOICES.includes(choice)
  // Anything may be asked for a name; what it gives is looked at.
  const { tool } = (choice ?? {}) as { readonly tool?: unknown }
  if (isKnown || (typeof tool === 'string' && tool !== '')) return
  throw refuse(
    `The toolChoice in ${owner} is ${quote(choice)}. It is one of ${TOOL_CHOICES.join(', ')}, or { tool: 'name' }.`,
  )
}

function checkCache(cache: LlmConfig['cache'], owner: string): void {
  if (cache === undefined) return
  const isCache = typeof cache?.get === 'function' && typeof cache.set === 'function' && cache.pending instanceof Map
  if (isCache && ['string', 'number'].includes(typeof cache.seed)) return
  throw refuse(`The cache in ${owner} is ${quote(cache)}. Give a MemoryCache, or diskCache() of 'conversable/node'.`)
}

function refuse(message: string, code: 'invalid-option' | 'unknown-model' = 'invalid-option'): ConfigurationError {
  return new ConfigurationError(code, message)
}
