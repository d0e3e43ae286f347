/** Prices for a million tokens, in US dollars. */
export interface TokenPrices {
  readonly input: number
  readonly output: number
  /** For input that the provider reads from its prompt cache. Default: the price of other input. */
  readonly cachedInput?: number
  /** For input that the provider writes to its prompt cache. Default: the price of other input. */
  readonly cacheWrite?: number
  /** For output that is thinking. Default: the price of other output. */
  readonly reasoning?: number
}

/** What a model costs. */
export interface ModelPrice extends TokenPrices {
  /** For each request, in US dollars, whatever it uses. Default 0. */
  readonly requestUsd?: number
  /** Other prices for all tokens of a long request. Of those that apply, the one with the most tokens counts. */
  readonly longInput?: readonly LongInputPrices[]
}

/** Prices of requests with more input than a number of tokens. */
export interface LongInputPrices extends TokenPrices {
  readonly aboveTokens: number
}

/** A model by the names that its provider package gives it. */
export interface ModelName {
  /** As in `openai.responses`. */
  readonly provider: string
  readonly modelId: string
}

/** Says what a model costs; `undefined` if that is not known. */
export type PriceSource = (model: ModelName) => ModelPrice | undefined | Promise<ModelPrice | undefined>

/** The prices of a run. */
export interface Prices {
  /** What a model costs as the run's source says, which is asked once for each model. */
  of(model: ModelName): ReturnType<PriceSource>
}
