/** What model calls used. A count that a provider did not report is unknown: `undefined`, never 0. */
export interface Usage {
  /** Model calls that were answered. */
  readonly calls: number
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  /** The part of `inputTokens` that the provider read from its prompt cache. */
  readonly cachedInputTokens: number | undefined
  /** The part of `outputTokens` that was spent on thinking. */
  readonly reasoningTokens: number | undefined
  /** In US dollars; unknown unless every call had a price. */
  readonly costUsd: number | undefined
}

/** The usage of a chat and of everything held inside it. */
export interface UsageReport extends Usage {
  readonly byAgent: Readonly<Record<string, Usage>>
  /** By `provider/model`. */
  readonly byModel: Readonly<Record<string, Usage>>
}

/** A usage that is being added up. */
type UsageSum = { -readonly [count in keyof Usage]: Usage[count] }

/** Adds up the usage of one chat, and passes every entry on to the chat around it. */
export class UsageMeter {
  readonly #parent: UsageMeter | undefined
  readonly #byAgent = new Map<string, UsageSum>()
  readonly #byModel = new Map<string, UsageSum>()
  readonly #total = nothingUsed()

  constructor(parent?: UsageMeter) {
    this.#parent = parent
  }

  /** Counts one model call of `agent`. */
  add(agent: string, model: string, usage: Usage): void {
    addTo(this.#total, usage)
    addTo(sumIn(this.#byAgent, agent), usage)
    addTo(sumIn(this.#byModel, model), usage)
    this.#parent?.add(agent, model, usage)
  }

  /** What was counted so far. */
  report(): UsageReport {
    return { ...this.#total, byAgent: listed(this.#byAgent), byModel: listed(this.#byModel) }
  }
}

function sumIn(sums: Map<string, UsageSum>, key: string): UsageSum {
  const known = sums.get(key)
  if (known) return known
  const sum = nothingUsed()
  sums.set(key, sum)
  return sum
}

function listed(sums: ReadonlyMap<string, UsageSum>): Record<string, Usage> {
  return Object.fromEntries([...sums].map(([key, sum]) => [key, { ...sum }]))
}

function nothingUsed(): UsageSum {
  return { calls: 0, inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0, costUsd: 0 }
}

/** A count that is unknown once is unknown from then on. */
function addTo(sum: UsageSum, usage: Usage): void {
  sum.calls += usage.calls
  sum.inputTokens = plus(sum.inputTokens, usage.inputTokens)
  sum.outputTokens = plus(sum.outputTokens, usage.outputTokens)
  sum.cachedInputTokens = plus(sum.cachedInputTokens, usage.cachedInputTokens)
  sum.reasoningTokens = plus(sum.reasoningTokens, usage.reasoningTokens)
  sum.costUsd = plus(sum.costUsd, usage.costUsd)
}

function plus(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other
}
