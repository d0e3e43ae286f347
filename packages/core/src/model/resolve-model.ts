import type { LanguageModelV4 } from '@ai-sdk/provider'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { ModelSource } from '../ports/model.ts'
import { quote } from '../util/quote.ts'
import { fromOlderSpecification } from './older-models.ts'

/** Provider packages whose name or export is not what the provider's name says. */
const PROVIDERS: Readonly<Record<string, { readonly package?: string; readonly export: string }>> = Object.freeze({
  'amazon-bedrock': { export: 'bedrock' },
  bedrock: { package: '@ai-sdk/amazon-bedrock', export: 'bedrock' },
  'google-vertex': { export: 'vertex' },
  vertex: { package: '@ai-sdk/google-vertex', export: 'vertex' },
  togetherai: { export: 'togetherai' },
  openrouter: { package: '@openrouter/ai-sdk-provider', export: 'openrouter' },
  ollama: { package: 'ollama-ai-provider-v2', export: 'ollama' },
})

/**
 * The model that is meant by an option, in the version of the specification that is used here.
 *
 * @throws ConfigurationError `unknown-model` for anything that is no model, and for a text whose provider package
 *   is not installed: the message says what to install.
 */
export function resolveModel(source: ModelSource): LanguageModelV4 | Promise<LanguageModelV4> {
  if (typeof source !== 'string') return adapted(source)
  const slash = source.indexOf('/')
  return loadModel(source.slice(0, slash), source.slice(slash + 1)).then(adapted)
}

/**
 * Refuses what cannot be a model, before it is used.
 *
 * @throws ConfigurationError `unknown-model`.
 */
export function checkModel(source: unknown, agent: string): void {
  if (typeof source === 'string') {
    if (/^[\w.-]+\/.+$/.test(source)) return
    throw unknown(
      `Agent ${quote(agent)} has the model ${quote(source)}. Write provider and model, as in "openai/gpt-5".`,
    )
  }
  if (typeof source === 'object' && source !== null && 'specificationVersion' in source && 'doStream' in source) return
  // What it says is not quoted: it may be an entry of a configuration, with a key.
  const what = typeof source === 'object' && source !== null ? `{ ${Object.keys(source).join(', ')} }` : quote(source)
  throw unknown(
    `Agent ${quote(agent)} has the model ${what}, which is none. Give an object of a provider package, ` +
      'as in openai("gpt-5"), a text "provider/model", or modelsFromConfigList() of a list of entries.',
  )
}

async function loadModel(provider: string, modelId: string): Promise<Exclude<ModelSource, string>> {
  const known = PROVIDERS[provider]
  const packageName = known?.package ?? `@ai-sdk/${provider}`
  const exportName = known?.export ?? provider.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase())
  const exports = await importPackage(packageName, `${provider}/${modelId}`)
  const make = exports[exportName]
  if (typeof make !== 'function') {
    throw unknown(
      `The package ${quote(packageName)} exports no ${quote(exportName)}, so the model "${provider}/${modelId}" is not ` +
        `to be had by its name. Give the model object of that package as llmConfig.model.`,
    )
  }
  const model: unknown = make(modelId)
  checkModel(model, 'of that model')
  // Just checked: it has a version and can be streamed from.
  return model as Exclude<ModelSource, string>
}

/**
 * Loads a provider's package.
 *
 * @throws ConfigurationError `unknown-model` that says what to install.
 */
export async function importPackage(packageName: string, model: string): Promise<Record<string, unknown>> {
  try {
    // The name is not known when this is built, and must not be: bundlers leave it to the run time.
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ packageName)) as Record<string, unknown>
  } catch (error) {
    throw new ConfigurationError(
      'unknown-model',
      `The model ${quote(model)} needs the package ${quote(packageName)}, which is not installed. ` +
        `Run: npm install ${packageName}`,
      { cause: error },
    )
  }
}

/** A model of an older specification, in the version that is used here. */
export function adapted(model: Exclude<ModelSource, string>): LanguageModelV4 {
  return model.specificationVersion === 'v4' ? model : fromOlderSpecification(model)
}

function unknown(message: string): ConfigurationError {
  return new ConfigurationError('unknown-model', message)
}
