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

/** Nothing used yet: the start of a sum. */
const NO_USAGE: Usage = Object.freeze({
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  reasoningTokens: 0,
  costUsd: 0,
})

/** The sum of two usages; a count that is unknown on either side is unknown in the sum. */
function addUsage(one: Usage, other: Usage): Usage {
  return {
    calls: one.calls + other.calls,
    inputTokens: sum(one.inputTokens, other.inputTokens),
    outputTokens: sum(one.outputTokens, other.outputTokens),
    cachedInputTokens: sum(one.cachedInputTokens, other.cachedInputTokens),
    reasoningTokens: sum(one.reasoningTokens, other.reasoningTokens),
    costUsd: sum(one.costUsd, other.costUsd),
  }
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other
}

/** Adds up the usage of one chat, and passes every entry on to the chat around it. */
export class UsageMeter {
  readonly #parent: UsageMeter | undefined
  readonly #byAgent = new Map<string, Usage>()
  readonly #byModel = new Map<string, Usage>()
  #total: Usage = NO_USAGE

  constructor(parent?: UsageMeter) {
    this.#parent = parent
  }

  /** Counts one model call of `agent`. */
  add(agent: string, model: string, usage: Usage): void {
    this.#total = addUsage(this.#total, usage)
    this.#byAgent.set(agent, addUsage(this.#byAgent.get(agent) ?? NO_USAGE, usage))
    this.#byModel.set(model, addUsage(this.#byModel.get(model) ?? NO_USAGE, usage))
    this.#parent?.add(agent, model, usage)
  }

  /** What was counted so far. */
  report(): UsageReport {
    return {
      ...this.#total,
      byAgent: Object.fromEntries(this.#byAgent),
      byModel: Object.fromEntries(this.#byModel),
    }
  }
}
