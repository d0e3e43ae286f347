/** What a run may use at the most, all that is held inside it included. What is absent is not limited. */
export interface Budget {
  /** US dollars, by the prices of the models. Every model that is asked must then have a price. */
  readonly costUsd?: number
  /** Input and output together. */
  readonly tokens?: number
  /** Requests to providers, every attempt counted. */
  readonly calls?: number
  /** From the start of the run, by the clock of its runtime, in milliseconds. */
  readonly timeMs?: number
}

/** What one request to a provider may use at the most. */
export interface Claim {
  readonly agent: string
  /** `provider/model`. */
  readonly model: string
  /** Tokens of the request, and of the answer beyond what `outputTokens` limits. */
  readonly tokens: number
  /** What those cost in US dollars; absent if the price is unknown. */
  readonly costUsd: number | undefined
  /** How long the answer may be; absent if the request does not say. */
  readonly outputTokens: number | undefined
  /** What each token of it costs; absent if the price is unknown. */
  readonly outputTokenUsd: number | undefined
}

/** What was used. What is absent is not known, and counts as what was held back for it. */
export interface Spent {
  readonly tokens?: number | undefined
  readonly costUsd?: number | undefined
}

/** Room in a budget that is held back for one request, until it is known what it used. */
export interface Reservation {
  /** How long the answer may be now; absent if nothing limits it. */
  readonly outputTokens: number | undefined
  /** To be called once; later calls are passed over. */
  settle(spent: Spent): void
}

/** The budget of a run, or of one inside another: what it does not pay for is not asked. */
export interface BudgetWall {
  /** How many budgets are around this one. */
  readonly level: number
  /** Whether a model without a price must not be asked. */
  readonly needsPrices: boolean
  /**
   * Holds back what a request may use at the most. Waits for requests that are under way if they leave too little,
   * in the order of asking.
   *
   * @throws BudgetError if it does not fit, from then on at every reservation; ConfigurationError `unknown-price`.
   */
  reserve(claim: Claim): Promise<Reservation>
  /** Counts a request that was made before, in a run that is taken up again. */
  count(spent: Spent): void
  /** Notes what a step of a run that is taken up again has thrown, if that is a BudgetError. */
  useUp(error: unknown): void
  /** @throws BudgetError once a request did not fit. */
  throwIfUsedUp(): void
}
