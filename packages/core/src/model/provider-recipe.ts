import { ConfigurationError } from '../errors/configuration-error.ts'
import { quote } from '../util/quote.ts'
import type { ProviderRecipe } from './configured-model.ts'

type Options = Readonly<Record<string, unknown>>
type Recipe = Pick<ProviderRecipe, 'create' | 'packageName' | 'provider'>

/** Providers by their `apiType`. */
const PROVIDERS: ReadonlyMap<string, Recipe> = new Map(
  [
    ['openai', 'openai', 'createOpenAI', 'openai.responses'],
    ['azure', 'azure', 'createAzure', 'azure.chat'],
    ['anthropic', 'anthropic', 'createAnthropic', 'anthropic.messages'],
    ['google', 'google', 'createGoogleGenerativeAI', 'google.generative-ai'],
    ['mistral', 'mistral', 'createMistral', 'mistral.chat'],
    ['groq', 'groq', 'createGroq', 'groq.chat'],
    ['cohere', 'cohere', 'createCohere', 'cohere.chat'],
    ['together', 'togetherai', 'createTogetherAI', 'togetherai.chat'],
    ['cerebras', 'cerebras', 'createCerebras', 'cerebras.chat'],
    ['bedrock', 'amazon-bedrock', 'createAmazonBedrock', 'amazon-bedrock'],
    ['deepseek', 'deepseek', 'createDeepSeek', 'deepseek.chat'],
    ['xai', 'xai', 'createXai', 'xai.chat'],
    ['ollama', 'openai', 'createOpenAI', 'ollama.chat'],
  ].map(([apiType = '', name = '', create = '', provider = '']) => [
    apiType,
    { packageName: `@ai-sdk/${name}`, create, provider },
  ]),
)

/** Where Ollama listens, unless it was told otherwise. */
const OLLAMA = 'http://localhost:11434/v1'

/**
 * How to make the model that an entry of a list means.
 *
 * A server named by `baseURL` that speaks as OpenAI does is asked for chat completions, which all of these know, and is
 * never sent a key that stands in the environment for OpenAI.
 *
 * @param entry - In the spelling of this library.
 * @throws ConfigurationError for a provider that is not known, and an address that is none.
 */
export function recipeOf(entry: Options, place: string): ProviderRecipe {
  const { model, apiType = 'openai' } = entry
  const name = typeof apiType === 'string' ? apiType.toLowerCase().replace('open_ai', 'openai') : ''
  const known = PROVIDERS.get(name)
  if (!known) {
    throw refuse(`${place} has ${quote(apiType)} as apiType. It is one of ${[...PROVIDERS.keys()].join(', ')}.`)
  }
  const url = addressOf(entry, place)
  const endpoint = url && url.origin + url.pathname
  const recipe = { ...known, modelId: String(model), ...(endpoint !== undefined && { endpoint }) }
  const settings = given(entry, { apiKey: 'apiKey', baseURL: 'baseURL', headers: 'headers' })
  switch (name) {
    case 'openai':
      return openAi(recipe, { ...settings, ...given(entry, { organization: 'organization', project: 'project' }) }, url)
    case 'ollama':
      return { ...recipe, method: 'chat', settings: { apiKey: 'none', baseURL: OLLAMA, name, ...settings } }
    case 'azure':
      return azure(recipe, { ...settings, ...given(entry, { apiVersion: 'apiVersion' }) }, entry)
    case 'bedrock':
      return { ...recipe, settings: { ...settings, ...given(entry, BEDROCK) } }
    default:
      return { ...recipe, settings }
  }
}

const BEDROCK: Readonly<Record<string, string>> = Object.freeze({
  awsRegion: 'region',
  awsAccessKey: 'accessKeyId',
  awsSecretKey: 'secretAccessKey',
  awsSessionToken: 'sessionToken',
})

function openAi(recipe: Omit<ProviderRecipe, 'settings'>, settings: Options, url: URL | undefined): ProviderRecipe {
  if (!url || /(?:^|\.)openai\.com$/.test(url.hostname)) return { ...recipe, settings }
  // Named after its host: it is somebody else, with rules and prices of its own.
  const name = url.host.replaceAll(/[^a-zA-Z0-9]+/g, '-')
  return { ...recipe, method: 'chat', provider: `${name}.chat`, settings: { apiKey: 'none', name, ...settings } }
}

/** AutoGen is given the resource's address alone; and versions other than `v1` know deployments only. */
function azure(recipe: Omit<ProviderRecipe, 'settings'>, settings: Options, entry: Options): ProviderRecipe {
  const { baseURL, apiVersion } = settings
  const { azureDeployment = recipe.modelId } = entry
  const address = typeof baseURL === 'string' ? baseURL.replace(/\/+$/, '') : undefined
  const isResource = address !== undefined && /^https:\/\/[^/]+\.azure\.com$/.test(address)
  return {
    ...recipe,
    modelId: String(azureDeployment),
    method: 'chat',
    settings: {
      ...settings,
      ...(address !== undefined && { baseURL: isResource ? `${address}/openai` : address }),
      ...(apiVersion !== undefined && apiVersion !== 'v1' && { useDeploymentBasedUrls: true }),
    },
  }
}

/** The options that are given, under the names that the provider has for them. */
function given(entry: Options, names: Readonly<Record<string, string>>): Options {
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, theirs]) => (entry[name] === undefined ? [] : [[theirs, entry[name]]])),
  )
}

function addressOf({ baseURL }: Options, place: string): URL | undefined {
  if (baseURL === undefined) return undefined
  const url = typeof baseURL === 'string' ? URL.parse(baseURL) : null
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  // Not quoted: it may hold a password.
  throw refuse(`${place} has a baseURL that is no address. Write one, as in "http://localhost:8000/v1".`)
}

function refuse(message: string): ConfigurationError {
  return new ConfigurationError('invalid-option', message)
}
