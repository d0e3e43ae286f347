import { ConfigurationError } from '../errors/configuration-error.ts'
import type { ModelName, ModelPrice, Prices, PriceSource } from '../ports/prices.ts'
import { isPromise } from '../util/is-promise.ts'
import { quote } from '../util/quote.ts'
import { checkPrice } from './check-price.ts'

/** The prices of a run, each looked up once. */
export class PriceBook implements Prices {
  readonly #source: PriceSource
  /** By provider and model: a name of both would be put together anew at every call. */
  readonly #found = new Map<string, Map<string, ReturnType<PriceSource>>>()

  constructor(source: PriceSource) {
    this.#source = source
  }

  of(model: ModelName): ReturnType<PriceSource> {
    const { provider, modelId } = model
    const known = this.#found.get(provider) ?? new Map<string, ReturnType<PriceSource>>()
    if (known.has(modelId)) return known.get(modelId)
    this.#found.set(provider, known)
    const note = (price: ModelPrice | undefined): ModelPrice | undefined => {
      if (price !== undefined) checkPrice(`the price of model ${quote(`${provider}/${modelId}`)}`, price)
      // From now on it is known without waiting.
      known.set(modelId, price)
      return price
    }
    const found = this.#lookUp({ provider, modelId })
    if (!isPromise(found)) return note(found)
    const noted = found.then(note)
    known.set(modelId, noted)
    return noted
  }

  #lookUp(model: ModelName): ReturnType<PriceSource> {
    try {
      const found = this.#source(model)
      return isPromise(found) ? found.then(undefined, (error: unknown) => fail(model, error)) : found
    } catch (error) {
      return fail(model, error)
    }
  }
}

function fail({ provider, modelId }: ModelName, cause: unknown): never {
  const problem = cause instanceof Error ? cause.message : quote(cause)
  throw new ConfigurationError(
    'unknown-price',
    `The price of the model ${quote(`${provider}/${modelId}`)} could not be looked up: ${problem}. Let the prices of the ` +
      'run give undefined for a model that they do not know.',
    { cause },
  )
}
