import type { LanguageModelV4CallOptions, SharedV4ProviderOptions } from '@ai-sdk/provider'
import type { BudgetWall, Claim, Reservation, Spent } from '../ports/budget.ts'
import type { Cancellation } from '../ports/cancellation.ts'
import type { ModelPrice } from '../ports/prices.ts'
import { costBound } from './cost.ts'
import type { ModelCall, TakePart } from './model-call.ts'
import { reportedUsage, spentOn } from './reported-usage.ts'
import { tokenBound } from './token-bound.ts'

const NOTHING: Spent = Object.freeze({ tokens: 0, costUsd: 0 })

/**
 * Makes a call only if the budget of the run pays for the most that it may use, and settles what it did use. An answer
 * may be no longer than the budget pays for. What broke off without a report counts as the most that it may have used.
 *
 * @param modelId - `provider/model`.
 */
export function withBudget(next: ModelCall, modelId: string): ModelCall {
  return (options, take, context) => {
    const { attempts, cancellation } = context
    const budget = attempts?.budget
    if (!budget) return next(options, take, context)
    const { agent, price } = attempts
    return paidCall(next, { budget, agent, model: modelId, price, cancellation })(options, take, context)
  }
}

/** Who pays for a call, and what it costs. */
interface Paid {
  readonly budget: BudgetWall
  readonly agent: string
  readonly model: string
  readonly price: ModelPrice | undefined
  readonly cancellation: Cancellation
}

function paidCall(next: ModelCall, paid: Paid): ModelCall {
  return async (options, take, context) => {
    const reservation = await reserved(claimOf(options, paid), paid)
    const { outputTokens: maxOutputTokens } = reservation
    let spent: Spent = {}
    const noting: TakePart = (part, modelId) => {
      if (part.type === 'finish') spent = spentOn(reportedUsage(part.usage, paid.price))
      take(part, modelId)
    }
    try {
      return await next(maxOutputTokens === undefined ? options : { ...options, maxOutputTokens }, noting, context)
    } catch (error) {
      if (!context.attempts?.hasBegun && wasRefused(error)) spent = NOTHING
      throw error
    } finally {
      reservation.settle(spent)
    }
  }
}

/** A reservation that comes when nobody waits for it any more is given back. */
async function reserved(claim: Claim, { budget, cancellation }: Paid): Promise<Reservation> {
  const reserving = budget.reserve(claim)
  try {
    return await cancellation.guard(reserving)
  } catch (error) {
    reserving.then(
      (late) => late.settle(NOTHING),
      () => {},
    )
    throw error
  }
}

function claimOf(options: LanguageModelV4CallOptions, { agent, model, price }: Paid): Claim {
  const { maxOutputTokens: outputTokens, providerOptions } = options
  const input = tokenBound(options)
  const further = furtherOutput(providerOptions)
  const bound = price && costBound(price, input)
  return {
    agent,
    model,
    tokens: input + further,
    costUsd: bound && bound.inputUsd + further * bound.outputTokenUsd,
    outputTokens,
    outputTokenUsd: bound?.outputTokenUsd,
  }
}

/** Output that `maxOutputTokens` does not limit: thoughts of Anthropic's models come on top, and OpenAI has a setting of its own. */
function furtherOutput(providerOptions: SharedV4ProviderOptions = {}): number {
  let tokens = 0
  for (const options of Object.values(providerOptions)) {
    const { thinking, reasoningConfig, maxCompletionTokens } = options
    for (const thoughts of [thinking, reasoningConfig]) tokens += budgetTokensOf(thoughts)
    if (typeof maxCompletionTokens === 'number') tokens += maxCompletionTokens
  }
  return tokens
}

/** What the provider packages take if there is a wish to think, but no number. */
const DEFAULT_THOUGHTS = 1_024

function budgetTokensOf(thoughts: unknown): number {
  if (typeof thoughts !== 'object' || thoughts === null) return 0
  const { type, budgetTokens } = thoughts as { readonly type?: unknown; readonly budgetTokens?: unknown }
  if (typeof budgetTokens === 'number') return budgetTokens
  return type === 'enabled' ? DEFAULT_THOUGHTS : 0
}

/** Whether a provider has said no, which it does not bill. */
function wasRefused(error: unknown): boolean {
  const { statusCode } = (error ?? {}) as { readonly statusCode?: unknown }
  return typeof statusCode === 'number' && statusCode >= 400
}
