import { BudgetError } from './errors/budget-error.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import type { Budget, BudgetWall, Claim, Reservation, Spent } from './ports/budget.ts'
import type { Waiting } from './ports/cancellation.ts'
import type { Runtime } from './ports/runtime.ts'
import { checkAmount, checkCount, checkOptions } from './check-options.ts'
import { quote } from './util/quote.ts'

/**
 * How long an answer may be if its agent does not say, in tokens: providers leave it open, and an open end cannot be
 * paid for. No model that is in use refuses it as too long.
 */
export const DEFAULT_OUTPUT_TOKENS = 4_096

/** The shortest answer that is worth asking for, in tokens; some providers refuse a request for a shorter one. */
const LEAST_OUTPUT_TOKENS = 16

/** Part of a token: costs are fractions that a number holds only nearly, and a budget that just fits is to fit. */
const ROUNDING = 1e-6

type Amounts = { -readonly [limit in 'costUsd' | 'tokens' | 'calls']: number }

/** How long an answer may be by what is left, and which limit it is that allows no more. */
interface Room {
  readonly outputTokens: number
  readonly limit: keyof Amounts
}

/**
 * Refuses what is no budget.
 *
 * @throws ConfigurationError `unknown-option` or `invalid-option`.
 */
export function checkBudget(budget: Budget): void {
  checkOptions('the budget', budget, ['costUsd', 'tokens', 'calls', 'timeMs'])
  if (budget.costUsd !== undefined) checkAmount('the budget', 'costUsd', budget.costUsd)
  for (const limit of ['tokens', 'calls', 'timeMs'] as const) checkCount('the budget', limit, { value: budget[limit] })
}

/** A model has no price, and the run has a budget in US dollars. */
export function unknownPrice(agent: string, model: string): ConfigurationError {
  return new ConfigurationError(
    'unknown-price',
    `The budget is in US dollars, and nobody knows what the model ${quote(model)} of agent ${quote(agent)} costs. ` +
      'Give its llmConfig a price, as in price: { input: 1.25, output: 10 }, in dollars for a million tokens, give the ' +
      'run prices, or install @pydantic/genai-prices.',
  )
}

/** The budget of a run: what was used, and what is held back for requests that are under way. */
export class RunBudget implements BudgetWall, Waiting {
  readonly #budget: Budget
  readonly #outer: BudgetWall | undefined
  readonly #runtime: Runtime
  readonly #until: number
  readonly #timeUp = new AbortController()
  /** Used, and held back. */
  readonly #taken: Amounts = { costUsd: 0, tokens: 0, calls: 0 }
  #underWay = 0
  #lastInLine: Promise<unknown> = Promise.resolve()
  #onSettled: () => void = () => {}
  #usedUp: BudgetError | undefined
  readonly level: number

  constructor(
    budget: Budget,
    { outer, runtime }: { readonly outer: BudgetWall | undefined; readonly runtime: Runtime },
  ) {
    this.#budget = budget
    this.#outer = outer
    this.level = outer ? outer.level + 1 : 0
    this.#runtime = runtime
    this.#until = budget.timeMs === undefined ? Infinity : runtime.now() + budget.timeMs
  }

  /** Aborted with a {@link BudgetError} when the time is up. */
  get timeUp(): AbortSignal {
    return this.#timeUp.signal
  }

  get needsPrices(): boolean {
    return this.#budget.costUsd !== undefined || this.#outer?.needsPrices === true
  }

  useUp(error: unknown): void {
    if (error instanceof BudgetError && error.level === this.level) this.#usedUp ??= error
    else this.#outer?.useUp(error)
  }

  /** Whether it is this budget that the error is about, and not one around it. */
  isEndedBy(error: unknown): boolean {
    return error instanceof BudgetError && error.level === this.level && this.#usedUp !== undefined
  }

  throwIfUsedUp(): void {
    this.#outer?.throwIfUsedUp()
    if (this.#usedUp) throw this.#usedUp
  }

  reserve(claim: Claim): Promise<Reservation> {
    const served = this.#lastInLine.then(() => this.#serve(claim))
    this.#lastInLine = served.catch(() => {})
    return served
  }

  count({ tokens = 0, costUsd = 0 }: Spent): void {
    this.#take({ calls: 1, tokens, costUsd })
    this.#outer?.count({ tokens, costUsd })
  }

  /** Nothing of the budget waits for the end of the run. */
  end(): void {}

  lookAgainAt(now: number): number {
    const leftMs = this.#timeLeft()
    return leftMs > 0 ? now + leftMs : Infinity
  }

  /** In milliseconds; none ends the run. */
  #timeLeft(): number {
    if (this.#until === Infinity) return Infinity
    const leftMs = this.#until - this.#runtime.now()
    if (leftMs <= 0) this.#timeUp.abort(this.#end('timeMs', `The budget of ${this.#budget.timeMs} ms is over.`))
    return leftMs
  }

  /** Here first, then in the budget around it, which may leave less for the answer. */
  async #serve(claim: Claim): Promise<Reservation> {
    const outputTokens = await this.#roomFor(claim)
    const settleHere = this.#hold(claim, outputTokens ?? 0)
    if (!this.#outer) return { outputTokens, settle: settleHere }
    try {
      const outer = await this.#outer.reserve({ ...claim, outputTokens })
      const settle = (spent: Spent): void => {
        settleHere(spent)
        outer.settle(spent)
      }
      return { outputTokens: outer.outputTokens, settle }
    } catch (error) {
      settleHere({ tokens: 0, costUsd: 0 })
      throw error
    }
  }

  /** How long the answer may be, as soon as there is room for it. */
  async #roomFor(claim: Claim): Promise<number | undefined> {
    const { outputTokens: wanted = DEFAULT_OUTPUT_TOKENS } = claim
    for (;;) {
      this.#timeLeft()
      this.throwIfUsedUp()
      const { outputTokens, limit } = this.#room(claim)
      if (outputTokens === Infinity) return claim.outputTokens
      if (outputTokens >= wanted) return wanted
      if (this.#underWay === 0 && outputTokens >= Math.min(wanted, LEAST_OUTPUT_TOKENS)) return outputTokens
      if (this.#underWay === 0) throw this.#end(limit, this.#shortage(claim, limit))
      // What the others leave unused comes back when they are settled.
      await new Promise<void>((resolve) => (this.#onSettled = resolve))
    }
  }

  #room({ agent, model, tokens, costUsd, outputTokenUsd }: Claim): Room {
    const budget = this.#budget
    if (this.#taken.calls >= (budget.calls ?? Infinity)) return { outputTokens: -1, limit: 'calls' }
    const byTokens: Room = { outputTokens: (budget.tokens ?? Infinity) - this.#taken.tokens - tokens, limit: 'tokens' }
    if (budget.costUsd === undefined) return byTokens
    if (costUsd === undefined || outputTokenUsd === undefined) throw unknownPrice(agent, model)
    const leftUsd = budget.costUsd - this.#taken.costUsd - costUsd
    const byCost: Room = { outputTokens: tokensFor(leftUsd, outputTokenUsd), limit: 'costUsd' }
    return byCost.outputTokens < byTokens.outputTokens ? byCost : byTokens
  }

  /** Holds back what a request may use, and gives what settles it. */
  #hold(claim: Claim, outputTokens: number): (spent: Spent) => void {
    const held: Amounts = {
      calls: 1,
      tokens: claim.tokens + outputTokens,
      costUsd: (claim.costUsd ?? 0) + outputTokens * (claim.outputTokenUsd ?? 0),
    }
    this.#take(held)
    this.#underWay++
    let isSettled = false
    return ({ tokens = held.tokens, costUsd = held.costUsd }) => {
      if (isSettled) return
      isSettled = true
      this.#underWay--
      this.#take({ calls: 0, tokens: tokens - held.tokens, costUsd: costUsd - held.costUsd })
      this.#onSettled()
    }
  }

  #take({ calls, tokens, costUsd }: Amounts): void {
    this.#taken.calls += calls
    this.#taken.tokens += tokens
    this.#taken.costUsd += costUsd
  }

  #end(limit: keyof Budget, message: string): BudgetError {
    this.#usedUp ??= new BudgetError(message, { limit, level: this.level })
    return this.#usedUp
  }

  #shortage({ agent, model, tokens, costUsd = 0 }: Claim, limit: keyof Amounts): string {
    const asks = `Agent ${quote(agent)} was about to ask ${quote(model)}`
    if (limit === 'calls') return `The budget of ${this.#budget.calls} calls is used up. ${asks}.`
    const [unit, needed] = limit === 'tokens' ? ['tokens', tokens] : ['US dollars', costUsd]
    const left = Math.max(0, (this.#budget[limit] ?? 0) - this.#taken[limit])
    return (
      `The budget of ${this.#budget[limit]} ${unit} has ${rounded(left)} left. ${asks}, which may take ` +
      `${rounded(needed)} for the question alone.`
    )
  }
}

/** How many tokens an amount pays for. */
function tokensFor(usd: number, tokenUsd: number): number {
  if (tokenUsd > 0) return Math.floor(usd / tokenUsd + ROUNDING)
  return usd >= -ROUNDING * ROUNDING ? Infinity : -1
}

function rounded(amount: number): number {
  return Number(amount.toPrecision(4))
}
