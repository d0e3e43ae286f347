import { expect, test } from 'vitest'
import { BudgetError } from './errors/budget-error.ts'
import type { Budget, Claim, Reservation } from './ports/budget.ts'
import { inlineRuntime } from './ports/runtime.ts'
import { checkBudget, DEFAULT_OUTPUT_TOKENS, RunBudget } from './run-budget.ts'

/** 100 tokens and 100 for the answer, a dollar for a thousand tokens. */
const claim: Claim = {
  agent: 'coder',
  model: 'openai/gpt-5',
  tokens: 100,
  costUsd: 0.1,
  outputTokens: 100,
  outputTokenUsd: 0.001,
}

function budgetOf(budget: Budget, outer?: RunBudget): RunBudget {
  return new RunBudget(budget, { outer, runtime: inlineRuntime })
}

/** Whether a promise has been settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  promise.then(
    () => (settled = true),
    () => (settled = true),
  )
  for (let tick = 0; tick < 20; tick++) await Promise.resolve()
  return settled
}

/** Reserves and settles, as often as there is room; gives how long each answer might be. */
async function useUp(budget: RunBudget, wanted: Claim, tokens: number): Promise<(number | undefined)[]> {
  const lengths: (number | undefined)[] = []
  for (;;) {
    let reservation: Reservation
    try {
      reservation = await budget.reserve(wanted)
    } catch (error) {
      expect(error).toBeInstanceOf(BudgetError)
      return lengths
    }
    lengths.push(reservation.outputTokens)
    reservation.settle({ tokens, costUsd: tokens / 1_000 })
  }
}

test.each<[Budget, (number | undefined)[]]>([
  [{ calls: 0 }, []],
  [{ calls: 1 }, [100]],
  [{ calls: 2 }, [100, 100]],
  [{ tokens: 0 }, []],
  [{ tokens: 1 }, []],
  // The question, and 16 tokens of an answer at the least.
  [{ tokens: 115 }, []],
  [{ tokens: 116 }, [16]],
  [{ tokens: 199 }, [99]],
  [{ tokens: 200 }, [100]],
  [{ tokens: 400 }, [100, 100]],
  [{ costUsd: 0 }, []],
  [{ costUsd: 0.000001 }, []],
  [{ costUsd: 0.115 }, []],
  [{ costUsd: 0.116 }, [16]],
  [{ costUsd: 0.2 }, [100]],
  [{ costUsd: 0.6 }, [100, 100, 100]],
  [{ costUsd: 0.6, calls: 2 }, [100, 100]],
  [{ costUsd: 0.6, tokens: 350 }, [100, 50]],
  [{ tokens: 1_000, calls: 3, costUsd: 10 }, [100, 100, 100]],
])('a budget of %j is used up to its end and no further', async (budget, lengths) => {
  expect(await useUp(budgetOf(budget), claim, 200)).toEqual(lengths)
})

test('what a request leaves unused is there for the next ones', async () => {
  expect(await useUp(budgetOf({ tokens: 260 }), claim, 30)).toEqual([100, 100, 100, 70, 40])
})

test('the shortest answer that is asked for is that of the agent, if it wants less than 16 tokens', async () => {
  expect(await useUp(budgetOf({ tokens: 105 }), { ...claim, outputTokens: 5 }, 105)).toEqual([5])
})

test('an answer without a limit of its own gets one where tokens or money are limited, and none elsewhere', async () => {
  const wanted = { ...claim, outputTokens: undefined }
  expect((await budgetOf({ tokens: 100_000 }).reserve(wanted)).outputTokens).toBe(DEFAULT_OUTPUT_TOKENS)
  expect((await budgetOf({ costUsd: 100 }).reserve(wanted)).outputTokens).toBe(DEFAULT_OUTPUT_TOKENS)
  expect((await budgetOf({ tokens: 1_100 }).reserve(wanted)).outputTokens).toBe(1_000)
  expect((await budgetOf({ calls: 1, timeMs: 10_000 }).reserve(wanted)).outputTokens).toBeUndefined()
  expect((await budgetOf({ costUsd: 0.2 }).reserve({ ...wanted, outputTokenUsd: 0 })).outputTokens).toBeUndefined()
})

test('what is not known of a request counts as the most that it may have used', async () => {
  const budget = budgetOf({ tokens: 500 })
  const first = await budget.reserve(claim)
  first.settle({})
  first.settle({ tokens: 0 })
  const second = await budget.reserve(claim)
  second.settle({ costUsd: 0.01 })
  expect((await budget.reserve({ ...claim, tokens: 50 })).outputTokens).toBe(50)
})

test('requests at once wait for room in their order, and go on as soon as there is some', async () => {
  const budget = budgetOf({ tokens: 450 })
  const [first, second, third, fourth] = [claim, claim, claim, { ...claim, tokens: 1, outputTokens: 1 }].map((one) =>
    budget.reserve(one),
  ) as [Promise<Reservation>, Promise<Reservation>, Promise<Reservation>, Promise<Reservation>]
  const one = await first
  const two = await second
  expect(await isSettled(third)).toBe(false)
  // It would fit, but it is not its turn.
  expect(await isSettled(fourth)).toBe(false)
  one.settle({ tokens: 50 })
  expect((await third).outputTokens).toBe(100)
  expect(await isSettled(fourth)).toBe(false)
  two.settle({ tokens: 198 })
  expect((await fourth).outputTokens).toBe(1)
})

test('requests at once are refused only when nothing is under way that may leave more', async () => {
  const budget = budgetOf({ calls: 1 })
  const first = await budget.reserve(claim)
  const second = budget.reserve(claim)
  expect(await isSettled(second)).toBe(false)
  first.settle({ tokens: 1 })
  await expect(second).rejects.toMatchObject({ code: 'budget', limit: 'calls', level: 0 })
})

test('once something did not fit, nothing does any more', async () => {
  const budget = budgetOf({ tokens: 150 })
  budget.throwIfUsedUp()
  await expect(budget.reserve({ ...claim, tokens: 1_000 })).rejects.toThrow(
    'The budget of 150 tokens has 150 left. Agent "coder" was about to ask "openai/gpt-5", which may take 1000 for the question alone.',
  )
  await expect(budget.reserve({ ...claim, tokens: 1 })).rejects.toThrow('The budget of 150 tokens')
  expect(() => budget.throwIfUsedUp()).toThrow(BudgetError)
})

test.each<[Budget, string]>([
  [{ calls: 0 }, 'The budget of 0 calls is used up. Agent "coder" was about to ask "openai/gpt-5".'],
  [
    { costUsd: 0.05 },
    'The budget of 0.05 US dollars has 0.05 left. Agent "coder" was about to ask "openai/gpt-5", which may take 0.1 for the question alone.',
  ],
  [{ timeMs: 0 }, 'The budget of 0 ms is over.'],
])('an error says which limit of %j it was', async (budget, message) => {
  await expect(budgetOf(budget).reserve(claim)).rejects.toThrow(message)
})

test('a budget in US dollars refuses a model of which nobody knows the price', async () => {
  const unknown = { ...claim, costUsd: undefined, outputTokenUsd: undefined }
  await expect(budgetOf({ costUsd: 1 }).reserve(unknown)).rejects.toMatchObject({
    code: 'unknown-price',
    message: expect.stringContaining('what the model "openai/gpt-5" of agent "coder" costs'),
  })
  expect((await budgetOf({ tokens: 1_000 }).reserve(unknown)).outputTokens).toBe(100)
})

test('a budget inside another one is paid from both, and the tighter one counts', async () => {
  const outer = budgetOf({ tokens: 500 })
  const inner = budgetOf({ tokens: 250 }, outer)
  expect([outer.level, inner.level]).toEqual([0, 1])
  const first = await inner.reserve(claim)
  first.settle({ tokens: 130 })
  const second = await inner.reserve({ ...claim, outputTokens: 90 })
  expect(second.outputTokens).toBe(20)
  second.settle({ tokens: 110 })
  // 240 of 500 are used, and 100 go to the question.
  expect((await outer.reserve({ ...claim, outputTokens: 1_000 })).outputTokens).toBe(160)
})

test('a budget inside another one gives back what the outer one does not have', async () => {
  const outer = budgetOf({ tokens: 150 })
  const inner = budgetOf({ tokens: 1_000, calls: 5 }, outer)
  expect((await inner.reserve(claim)).outputTokens).toBe(50)
  const refused = budgetOf({ calls: 1 }, budgetOf({ tokens: 50 }))
  await expect(refused.reserve(claim)).rejects.toMatchObject({ limit: 'tokens', level: 0 })
  // Its own call was not made.
  expect(refused.isEndedBy(new BudgetError('over', { limit: 'tokens', level: 0 }))).toBe(false)
})

test('a run that is taken up again has used what it used before', async () => {
  const outer = budgetOf({ tokens: 300 })
  const inner = budgetOf({ calls: 2 }, outer)
  inner.count({ tokens: 150, costUsd: 0.15 })
  expect((await inner.reserve({ ...claim, tokens: 100 })).outputTokens).toBe(50)
  inner.useUp(new BudgetError('over', { limit: 'tokens', level: 0 }))
  inner.useUp(new Error('something else'))
  expect(() => outer.throwIfUsedUp()).toThrow('over')
  expect(() => inner.throwIfUsedUp()).toThrow('over')
})

test('time is that of the runtime, and its end is looked for again', async () => {
  let now = 1_000
  const budget = new RunBudget({ timeMs: 500 }, { outer: undefined, runtime: { ...inlineRuntime, now: () => now } })
  expect(budget.lookAgainAt(7)).toBe(507)
  now = 1_499
  expect(budget.lookAgainAt(7)).toBe(8)
  await budget.reserve(claim)
  expect(budget.timeUp.aborted).toBe(false)
  now = 1_500
  expect(budget.lookAgainAt(7)).toBe(Infinity)
  expect(budget.timeUp.reason).toMatchObject({ code: 'budget', limit: 'timeMs' })
  await expect(budget.reserve(claim)).rejects.toBe(budget.timeUp.reason)
})

test.each<[unknown, string]>([
  [{ usd: 1 }, 'The budget has no option "usd". It knows costUsd, tokens, calls, timeMs.'],
  [{ costUSD: 1 }, 'Did you mean "costUsd"?'],
  [{ costUsd: -1 }, 'The budget has -1 as costUsd. Give a number from 0.'],
  [{ costUsd: Number.NaN }, 'The budget has NaN as costUsd.'],
  [{ costUsd: '1' }, 'The budget has "1" as costUsd.'],
  [{ tokens: 1.5 }, 'The budget has 1.5 as tokens. Give a whole number from 0.'],
  [{ calls: -1 }, 'The budget has -1 as calls.'],
  [{ timeMs: Infinity }, 'The budget has Infinity as timeMs.'],
  [5, 'The options of the budget are 5. Give an object.'],
])('the budget %j is refused', (budget, message) => {
  expect(() => checkBudget(budget as Budget)).toThrow(message)
})
