import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamResult,
} from '@ai-sdk/provider'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { quote } from '../util/quote.ts'
import { adapted, checkModel, importPackage } from './resolve-model.ts'

/** A provider's package, and how a model is made with it. */
export interface ProviderRecipe {
  readonly packageName: string
  /** The function that makes the provider from settings. */
  readonly create: string
  readonly settings: Readonly<Record<string, unknown>>
  /** The method of the provider that makes the model; otherwise the provider is called. */
  readonly method?: 'chat'
  /** What the provider calls itself, as in `openai.chat`. */
  readonly provider: string
  readonly modelId: string
  /** Where it is asked, if not where the provider is always asked. */
  readonly endpoint?: string
}

/**
 * A model that is made when it is first asked, with a provider's package that is loaded then. Its key is shown neither
 * by JSON nor by a log.
 */
export class ConfiguredModel implements LanguageModelV4 {
  readonly specificationVersion = 'v4'
  readonly provider: string
  readonly modelId: string
  /** Tells models apart that are asked at different addresses. */
  readonly endpoint: string | undefined
  readonly #recipe: ProviderRecipe
  #model: Promise<LanguageModelV4> | undefined

  constructor(recipe: ProviderRecipe) {
    this.provider = recipe.provider
    this.modelId = recipe.modelId
    this.endpoint = recipe.endpoint
    this.#recipe = recipe
  }

  get supportedUrls(): Promise<Record<string, RegExp[]>> {
    return this.#made().then(({ supportedUrls }) => supportedUrls)
  }

  async doGenerate(options: LanguageModelV4CallOptions): Promise<LanguageModelV4GenerateResult> {
    return (await this.#made()).doGenerate(options)
  }

  async doStream(options: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamResult> {
    return (await this.#made()).doStream(options)
  }

  #made(): Promise<LanguageModelV4> {
    this.#model ??= make(this.#recipe)
    return this.#model
  }
}

async function make({
  packageName,
  create,
  settings,
  method,
  provider,
  modelId,
}: ProviderRecipe): Promise<LanguageModelV4> {
  const exports = await importPackage(packageName, `${provider}/${modelId}`)
  // Whether it can be called, and gives a model, is looked at.
  const made = call(exports[create], settings, `${create} of ${packageName}`) as Readonly<Record<string, unknown>>
  const model = call(method ? made[method] : made, modelId, `${method ?? 'the provider'} of ${packageName}`)
  checkModel(model, provider)
  // Just checked.
  return adapted(model as LanguageModelV4)
}

function call(callee: unknown, argument: unknown, what: string): unknown {
  if (typeof callee === 'function') return callee(argument)
  throw new ConfigurationError('unknown-model', `There is no function ${quote(what)}. Install a newer version of it.`)
}
