import { ModelError, textOf, type Budget, type ChatResult, type Usage, type UsageReport } from 'conversable'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Entry, World } from './budgets/billing-model.ts'
import { lines, visit } from './budgets/house.ts'
import { chance } from './chance.ts'

const RUNS = 1_000

/** Another beginning may be given, to see others or one again: `SEED=77 npx vitest run test/budgets.test.ts`. */
const FIRST_SEED = Number(process.env['SEED'] ?? 1)

type Kind = keyof Budget
const KINDS: readonly Kind[] = ['costUsd', 'tokens', 'calls', 'timeMs']

/** Caps that are anything from hardly a question to more than a whole run takes. */
function budgetOf(kind: Kind | 'all', dice: () => number): Budget {
  const size = dice() ** 3
  const caps = {
    costUsd: size * 1,
    tokens: Math.floor(size * 120_000),
    calls: Math.floor(size * 80),
    timeMs: Math.floor(size * 4_000),
  }
  return kind === 'all' ? caps : { [kind]: caps[kind] }
}

interface Finished {
  readonly seed: number
  readonly world: World
  readonly budget: Budget
  readonly usage: UsageReport
  readonly result: ChatResult
  readonly error: unknown
  /** Whether an answer may have been cut off that the provider has given to its end. */
  readonly mayBeCutOff: boolean
}

async function hold(seed: number): Promise<Finished> {
  const dice = chance(seed)
  const kind = ([...KINDS, 'all'] as const)[seed % 5] ?? 'all'
  const budget = budgetOf(kind, dice)
  const manners = { failures: dice() * 0.3, honest: dice() < 0.5 }
  const world: World = { dice, clock: { now: 1_000_000 }, bill: [], manners, say: lines(dice) }
  const expertBudget = dice() < 0.3 ? budgetOf(KINDS[Math.floor(dice() * 4)] ?? 'calls', dice) : undefined
  const run = visit({ world, budget, expertBudget, maxRound: 3 + Math.floor(dice() * 10) })
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown ?? new Error('nothing'),
  )
  // What was cut off on its way is on the bill, too, once the provider has it.
  await setImmediate()
  const mayBeCutOff = budget.timeMs !== undefined || expertBudget?.timeMs !== undefined
  return { seed, world, budget, usage: run.usage, result: await run.outcome, error, mayBeCutOff }
}

test(
  `in ${RUNS} runs of a tree of agents the provider's own bill is never above a cap`,
  { timeout: 120_000 },
  async () => {
    const ended = new Map<string, number>()
    for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
      const finished = await hold(seed)
      expectWithinCaps(finished)
      expectFiguresOfTheBill(finished)
      expectUsable(finished)
      const kinds = Object.keys(finished.budget)
      const outcome = `${kinds.length > 1 ? 'all' : kinds[0]}: ${finished.result.stopReason.rule === 'budget'}`
      ended.set(outcome, (ended.get(outcome) ?? 0) + 1)
    }
    console.log(`seeds ${FIRST_SEED} to ${FIRST_SEED + RUNS - 1}: ${JSON.stringify(Object.fromEntries(ended))}`)
    // Each kind of cap has ended many runs, and was enough for others.
    for (const kind of [...KINDS, 'all']) {
      expect(ended.get(`${kind}: true`), kind).toBeGreaterThan(RUNS / 50)
      expect(ended.get(`${kind}: false`), kind).toBeGreaterThan(0)
    }
  },
)

function expectWithinCaps({ seed, world: { bill }, budget }: Finished): void {
  const { costUsd = Infinity, tokens = Infinity, calls = Infinity, timeMs = Infinity } = budget
  // The bill is a sum of fractions.
  expect(
    sum(bill, (entry) => entry.costUsd),
    `cost of seed ${seed}`,
  ).toBeLessThanOrEqual(costUsd + 1e-12)
  expect(
    sum(bill, (entry) => entry.tokens),
    `tokens of seed ${seed}`,
  ).toBeLessThanOrEqual(tokens)
  expect(bill.length, `calls of seed ${seed}`).toBeLessThanOrEqual(calls)
  expect(Math.max(0, ...bill.map(({ at }) => at - 1_000_000)), `time of seed ${seed}`).toBeLessThanOrEqual(timeMs)
}

/** The figures of each agent are those of the bill, as far as the provider told them; what it did not tell is unknown. */
function expectFiguresOfTheBill({ seed, world, usage, mayBeCutOff }: Finished): void {
  const about = `seed ${seed}`
  const agents = new Set(world.bill.map(({ agent }) => agent))
  expect(new Set(Object.keys(usage.byAgent)), about).toEqual(agents)
  for (const agent of agents) {
    const entries = world.bill.filter((entry) => entry.agent === agent)
    const figures = usage.byAgent[agent]
    expect(figures && figures.calls + figures.failedCalls, about).toBe(entries.length)
    if (mayBeCutOff && figures?.costUsd === undefined) continue
    expectFigures(figures, entries, `${agent}, ${about}`)
  }
  if (mayBeCutOff && usage.costUsd === undefined) return
  expectFigures(usage, world.bill, about)
  if (!world.manners.honest) return
  const byAgent = Object.values(usage.byAgent)
  expect(sum(byAgent, tokensOf), about).toBe(sum(world.bill, (entry) => entry.tokens))
  expect(
    sum(byAgent, ({ costUsd }) => costUsd ?? Number.NaN),
    about,
  ).toBeCloseTo(
    sum(world.bill, (entry) => entry.costUsd),
    9,
  )
}

function expectFigures(figures: Usage | undefined, entries: readonly Entry[], about: string): void {
  if (entries.some(({ told }) => told === 'nothing')) return expect(figures?.costUsd, about).toBeUndefined()
  const told = entries.filter((entry) => entry.told === 'all')
  expect(figures && tokensOf(figures), about).toBe(sum(told, (entry) => entry.tokens))
  expect(figures?.costUsd, about).toBeCloseTo(
    sum(told, (entry) => entry.costUsd),
    9,
  )
}

/** A run that a budget ended throws nothing, and leaves a legal transcript that says why it ended. */
function expectUsable({ seed, result, error }: Finished): void {
  const { rule, detail = '', agent, turn } = result.stopReason
  const about = `seed ${seed}: ${rule}, ${detail}`
  if (error !== undefined) {
    // A model that has failed at every try, or in the middle of its words.
    expect(error, about).toBeInstanceOf(ModelError)
    expect(rule, about).toBe('error')
    return
  }
  // The critic has nothing to answer to a tool that gave an empty text.
  expect(['budget', 'max-rounds', 'no-reply'], about).toContain(rule)
  if (rule === 'budget') {
    expect(detail, about).toMatch(/^The budget of /)
    expect(['manager', 'planner', 'coder', 'critic', 'clerk', 'user'], about).toContain(agent)
    expect(Number.isInteger(turn), about).toBe(true)
    const last = result.chatHistory.at(-1)
    expect(result.summary, about).toBe(last ? textOf(last) : '')
  }
  const open = new Set<string>()
  for (const { toolCalls = [], toolResults = [] } of result.chatHistory) {
    for (const { callId } of toolResults) expect(open.delete(callId), about).toBe(true)
    for (const { id } of toolCalls) open.add(id)
  }
  // Only the last message may have calls that are still to be answered.
  const last = result.chatHistory.at(-1)?.toolCalls ?? []
  expect(open, about).toEqual(new Set(last.map(({ id }) => id)))
}

function tokensOf({ inputTokens, outputTokens }: Usage): number {
  return (inputTokens ?? Number.NaN) + (outputTokens ?? Number.NaN)
}

function sum<Item>(items: readonly Item[], figureOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + figureOf(item), 0)
}
