import { totalUsage, type Usage, type UsageReport, type UsageTable } from '../usage.ts'

/** What a summary counts: the calls that were paid for (`actual`), or also what came from a cache (`total`). */
export type UsageMode = 'actual' | 'total'

const DASHES = '-'.repeat(100)

/** How a summary is printed. */
export interface UsageSummaryOptions {
  /** Default: both, the second one only if something came from a cache. */
  readonly mode?: UsageMode
  /** Takes the summary, lines without a break at the end. Default: `console.log`. */
  readonly write?: (text: string) => void
}

/** Prints usage as AutoGen does: the cost, and a line for each model; and here one for each agent, too. */
export function printUsageSummary(usage: UsageReport, { mode, write = console.log }: UsageSummaryOptions = {}): void {
  write([DASHES, ...summaryOf(usage, mode), DASHES].join('\n'))
}

function summaryOf(usage: UsageReport, mode: UsageMode | undefined): string[] {
  const total = totalUsage(usage)
  if (isUnused(total)) return ['No usage summary: no model was asked.']
  const all = linesOf(total, 'including')
  if (mode === 'total') return all
  const actual = isUnused(usage)
    ? ['No actual cost incurred (all completions are using cache).']
    : linesOf(usage, 'excluding')
  if (mode === 'actual') return actual
  return usage.fromCache ? [...actual, '', ...all] : [...actual, ALL_PAID]
}

const ALL_PAID = 'All completions are non-cached: the total cost with cached completions is the same as actual cost.'

function isUnused({ calls, failedCalls }: Usage): boolean {
  return calls + failedCalls === 0
}

function linesOf(usage: UsageTable, how: 'excluding' | 'including'): string[] {
  const lineOf =
    (kind: string) =>
    ([name, counts]: readonly [string, Usage]) =>
      `* ${kind} '${name}': ${countsOf(counts)}`
  return [
    `Usage summary ${how} cached usage: `,
    `Total cost: ${costOf(usage)}`,
    ...Object.entries(usage.byModel).map(lineOf('Model')),
    ...Object.entries(usage.byAgent).map(lineOf('Agent')),
  ]
}

function countsOf(usage: Usage): string {
  const { inputTokens, outputTokens, failedCalls } = usage
  const total = inputTokens === undefined || outputTokens === undefined ? undefined : inputTokens + outputTokens
  const counts = [
    `cost: ${costOf(usage)}`,
    `prompt_tokens: ${inputTokens ?? 'unknown'}`,
    `completion_tokens: ${outputTokens ?? 'unknown'}`,
    `total_tokens: ${total ?? 'unknown'}`,
  ]
  return [...counts, ...(failedCalls > 0 ? [`failed calls: ${failedCalls}`] : [])].join(', ')
}

/** To five places, as AutoGen has it. */
function costOf({ costUsd }: Usage): string {
  return costUsd === undefined ? 'unknown' : String(Number(costUsd.toFixed(5)))
}
