import type { LongInputPrices, ModelName, ModelPrice, PriceSource, TokenPrices } from '../ports/prices.ts'

const PACKAGE = '@pydantic/genai-prices'

/** Providers by the names that their packages have, and what the price table calls them. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['openai', 'openai'],
  ['azure', 'azure'],
  ['azure-openai', 'azure'],
  ['anthropic', 'anthropic'],
  ['google', 'google'],
  ['vertex', 'google'],
  ['amazon-bedrock', 'aws'],
  ['mistral', 'mistral'],
  ['deepseek', 'deepseek'],
  ['groq', 'groq'],
  ['xai', 'x-ai'],
  ['cohere', 'cohere'],
  ['cerebras', 'cerebras'],
  ['fireworks', 'fireworks'],
  ['togetherai', 'together'],
  ['perplexity', 'perplexity'],
  ['moonshotai', 'moonshotai'],
  ['openrouter', 'openrouter'],
])

/** One price of the table; with tiers, those above a number of input tokens cost something else. */
type TablePrice =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] }
type TablePrices = Readonly<Record<string, TablePrice | undefined>>

/** What is called of the package. */
interface GenaiPrices {
  calcPrice(
    usage: object,
    modelId: string,
    options: { readonly providerId: string },
  ): { readonly model_price: TablePrices } | null
}

/**
 * The prices of `@pydantic/genai-prices`, if that package is installed; it is loaded when a price is first asked for,
 * and asks no network. What it does not know is unknown: a model without a price for input or for output, and a
 * provider of another name. One that only speaks the protocol of a known one is of another name, too.
 */
export function installedPrices(): PriceSource {
  let table: Promise<GenaiPrices | undefined> | undefined
  return ({ provider, modelId }: ModelName) => {
    const [name = ''] = provider.split('.')
    const providerId = PROVIDERS.get(name)
    if (providerId === undefined) return undefined
    table ??= loadTable()
    return table.then((loaded) => {
      const found = loaded?.calcPrice({}, modelId, { providerId })
      return found ? priceFrom(found.model_price) : undefined
    })
  }
}

async function loadTable(): Promise<GenaiPrices | undefined> {
  try {
    // Checked against the package in the tests. Bundlers leave a name that is no literal to the run time.
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ PACKAGE)) as GenaiPrices
  } catch {
    return undefined
  }
}

/** A row of the table as a price; absent if it does not say what input and output cost. */
export function priceFrom(row: TablePrices): ModelPrice | undefined {
  const base = pricesAbove(0, row)
  if (!base) return undefined
  const starts = Object.values(row).flatMap((price) =>
    typeof price === 'object' ? price.tiers.map((tier) => tier.start) : [],
  )
  const longInput = [...new Set(starts)].flatMap((start): LongInputPrices[] => {
    const prices = pricesAbove(start, row)
    return prices ? [{ aboveTokens: start, ...prices }] : []
  })
  const perThousand = row['requests_kcount']
  return {
    ...base,
    ...(typeof perThousand === 'number' && { requestUsd: perThousand / 1000 }),
    ...(longInput.length > 0 && { longInput }),
  }
}

function pricesAbove(start: number, row: TablePrices): TokenPrices | undefined {
  const at = (key: string): number | undefined => priceAbove(start, row[key])
  const [input, output, cachedInput, cacheWrite, reasoning] = [
    at('input_mtok'),
    at('output_mtok'),
    at('cache_read_mtok'),
    at('cache_write_mtok'),
    at('output_reasoning_mtok'),
  ]
  if (input === undefined || output === undefined) return undefined
  return {
    input,
    output,
    ...(cachedInput !== undefined && { cachedInput }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(reasoning !== undefined && { reasoning }),
  }
}

function priceAbove(start: number, price: TablePrice | undefined): number | undefined {
  if (typeof price !== 'object') return price
  return price.tiers
    .filter((tier) => tier.start > 0 && tier.start <= start)
    .reduce((best, tier) => (tier.start >= best.start ? tier : best), { start: 0, price: price.base }).price
}
