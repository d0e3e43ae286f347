/** What model calls used. A count that a provider did not report is unknown: `undefined`, never 0. */
export interface Usage {
  /** Model calls that were answered. */
  readonly calls: number
  /**
   * Attempts that came to nothing. One that was never answered counts as nothing used; one that broke off after the
   * answer had begun makes the other counts unknown, as no provider says what it bills for that.
   */
  readonly failedCalls: number
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  /** The part of `inputTokens` that the provider read from its prompt cache. */
  readonly cachedInputTokens: number | undefined
  /** The part of `inputTokens` that the provider wrote to its prompt cache. */
  readonly cacheWriteTokens: number | undefined
  /** The part of `outputTokens` that was spent on thinking. */
  readonly reasoningTokens: number | undefined
  /** In US dollars; unknown unless every call had a price. */
  readonly costUsd: number | undefined
}

/** Usage, and whose it was. */
export interface UsageTable extends Usage {
  readonly byAgent: Readonly<Record<string, Usage>>
  /** By `provider/model`. */
  readonly byModel: Readonly<Record<string, Usage>>
}

/** The usage of a chat and of everything held inside it. */
export interface UsageReport extends UsageTable {
  /** What the answers that came from a cache had used when they were made; it was not paid for again. */
  readonly fromCache?: UsageTable
}

/** What is counted of an answer. */
interface Counted {
  /** `provider/model`. */
  readonly model: string
  readonly usage: Usage
  /** Whether it came from a cache. */
  readonly cached?: boolean
}

/** A usage that is being added up. */
type UsageSum = { -readonly [count in keyof Usage]: Usage[count] }

/**
 * Adds up the usage of one chat, and of the chats inside it: while they are held by asking them, and from then on by
 * what they leave. So a call is counted once, however deep it is.
 */
export class UsageMeter {
  readonly #outer: UsageMeter | undefined
  readonly #paid = new UsageSums()
  #fromCache: UsageSums | undefined
  /** Those of the chats that are held inside right now. */
  #inside: Set<UsageMeter> | undefined

  constructor(outer?: UsageMeter) {
    this.#outer = outer
    if (outer) (outer.#inside ??= new Set()).add(this)
  }

  /** Counts one answer to `agent`. */
  add(agent: string, { model, usage, cached }: Counted): void {
    const sums = cached ? (this.#fromCache ??= new UsageSums()) : this.#paid
    sums.add(agent, model, usage)
  }

  /**
   * Counts an attempt of `agent` that came to nothing.
   *
   * @param brokenOff - The answer had begun.
   */
  addFailure(agent: string, model: string, brokenOff: boolean): void {
    this.#paid.add(agent, model, brokenOff ? BROKEN_OFF : REFUSED)
  }

  /** The chat has ended: leaves its sums to the one around it. */
  close(): void {
    const outer = this.#outer
    if (outer && outer.#inside?.delete(this)) this.#addUpIn(outer)
  }

  /** What was counted so far. */
  report(): UsageReport {
    const { paid, fromCache } = this.#inside?.size
      ? this.#withInside()
      : { paid: this.#paid, fromCache: this.#fromCache }
    return fromCache ? { ...paid.table(), fromCache: fromCache.table() } : paid.table()
  }

  #withInside(): { readonly paid: UsageSums; readonly fromCache: UsageSums | undefined } {
    const all = new UsageMeter()
    this.#addUpIn(all)
    return { paid: all.#paid, fromCache: all.#fromCache }
  }

  #addUpIn(meter: UsageMeter): void {
    meter.#paid.addAll(this.#paid)
    if (this.#fromCache) (meter.#fromCache ??= new UsageSums()).addAll(this.#fromCache)
    for (const inner of this.#inside ?? []) inner.#addUpIn(meter)
  }
}

/** What was used in all, with what came from caches: AutoGen's total usage, of one run or of several. */
export function totalUsage(...reports: readonly UsageReport[]): UsageTable {
  const sums = new TableSums()
  for (const { fromCache, ...paid } of reports) {
    sums.addTable(paid)
    if (fromCache) sums.addTable(fromCache)
  }
  return sums.table()
}

interface UsageEntry {
  readonly agent: string
  /** `provider/model`. */
  readonly model: string
  readonly sum: UsageSum
}

/** Sums by agent and model: few of both, so that a list is faster than tables, which are made when they are asked for. */
class UsageSums {
  readonly #entries: UsageEntry[] = []

  add(agent: string, model: string, usage: Usage): void {
    let entry = this.#entries.find((one) => one.agent === agent && one.model === model)
    if (!entry) {
      entry = { agent, model, sum: { ...NOTHING_USED } }
      this.#entries.push(entry)
    }
    addTo(entry.sum, usage)
  }

  addAll(other: UsageSums): void {
    for (const { agent, model, sum } of other.#entries) this.add(agent, model, sum)
  }

  table(): UsageTable {
    const sums = new TableSums()
    for (const entry of this.#entries) sums.addEntry(entry)
    return sums.table()
  }
}

class TableSums {
  readonly #total: UsageSum = { ...NOTHING_USED }
  readonly #byAgent = new Map<string, UsageSum>()
  readonly #byModel = new Map<string, UsageSum>()

  addEntry({ agent, model, sum }: UsageEntry): void {
    addTo(this.#total, sum)
    addTo(sumIn(this.#byAgent, agent), sum)
    addTo(sumIn(this.#byModel, model), sum)
  }

  addTable({ byAgent, byModel, ...total }: UsageTable): void {
    addTo(this.#total, total)
    for (const [agent, usage] of Object.entries(byAgent)) addTo(sumIn(this.#byAgent, agent), usage)
    for (const [model, usage] of Object.entries(byModel)) addTo(sumIn(this.#byModel, model), usage)
  }

  /** Ends the sums: the table has the same objects. */
  table(): UsageTable {
    return { ...this.#total, byAgent: Object.fromEntries(this.#byAgent), byModel: Object.fromEntries(this.#byModel) }
  }
}

const NOTHING_USED: Usage = Object.freeze({
  calls: 0,
  failedCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  costUsd: 0,
})
const REFUSED: Usage = Object.freeze({ ...NOTHING_USED, failedCalls: 1 })
const BROKEN_OFF: Usage = Object.freeze({
  calls: 0,
  failedCalls: 1,
  inputTokens: undefined,
  outputTokens: undefined,
  cachedInputTokens: undefined,
  cacheWriteTokens: undefined,
  reasoningTokens: undefined,
  costUsd: undefined,
})

function sumIn(sums: Map<string, UsageSum>, key: string): UsageSum {
  const known = sums.get(key)
  if (known) return known
  const sum = { ...NOTHING_USED }
  sums.set(key, sum)
  return sum
}

/** A count that is unknown once is unknown from then on. */
function addTo(sum: UsageSum, usage: Usage): void {
  sum.calls += usage.calls
  sum.failedCalls += usage.failedCalls
  sum.inputTokens = plus(sum.inputTokens, usage.inputTokens)
  sum.outputTokens = plus(sum.outputTokens, usage.outputTokens)
  sum.cachedInputTokens = plus(sum.cachedInputTokens, usage.cachedInputTokens)
  sum.cacheWriteTokens = plus(sum.cacheWriteTokens, usage.cacheWriteTokens)
  sum.reasoningTokens = plus(sum.reasoningTokens, usage.reasoningTokens)
  sum.costUsd = plus(sum.costUsd, usage.costUsd)
}

function plus(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other
}
