import type { Agent } from './agent.ts'
import { ChatRun, type RunControls } from './chat-run.ts'
import { assertPrices } from './model/assert-prices.ts'
import { installedPrices } from './model/genai-prices.ts'
import { PriceBook } from './model/price-book.ts'
import type { Budget } from './ports/budget.ts'
import type { ChatContext } from './ports/chat-context.ts'
import type { HumanInput } from './ports/human-input.ts'
import type { Prices, PriceSource } from './ports/prices.ts'
import { inlineRuntime, type Runtime } from './ports/runtime.ts'
import { checkBudget, RunBudget } from './run-budget.ts'
import { UsageMeter } from './usage.ts'

/** What a run is given from outside. */
export interface RunOptions {
  /** Cancels the run; awaiting it then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Where side effects happen. Default: at once. */
  readonly runtime?: Runtime | undefined
  /** Who is asked for agents that have no human input of their own. */
  readonly humanInput?: HumanInput | undefined
  /** What the run may use at the most. When it is used up, the run ends by the rule `budget`. Default: no limits. */
  readonly budget?: Budget | undefined
  /** What models cost that have no `price` of their own. Default: {@link installedPrices}. */
  readonly prices?: PriceSource | undefined
  /**
   * The turn or the tool call that this is part of: its events, usage, budget, prices, cancellation and steps are then
   * those of the run around it. Pass what a reply function or a tool was given.
   */
  readonly parent?: ChatContext | undefined
}

/** Options of a run, and those whom it begins with. */
export interface RunStart extends RunOptions {
  readonly agents: readonly Agent[]
}

/** Holds what a run is for; leaves what there is of it before an error is thrown. */
export type Holding<Result> = (context: ChatContext, leave: (partial: Result) => void) => Promise<Result>

/**
 * Starts a run, of its own or inside another one.
 *
 * @throws ConfigurationError for a budget that is none.
 */
export function startRun<Result>(start: RunStart, hold: Holding<Result>): ChatRun<Result> {
  const { signal, budget, parent, runtime = parent?.runtime ?? inlineRuntime } = start
  if (budget) checkBudget(budget)
  const limits = budget && new RunBudget(budget, { outer: parent?.budget, runtime })
  const usage = new UsageMeter(parent?.usage)
  const begin = async (controls: RunControls<Result>): Promise<Result> => {
    const { cancellation } = controls
    const context: ChatContext = {
      signal: cancellation.signal,
      cancellation,
      runtime,
      humanInput: start.humanInput ?? parent?.humanInput,
      usage,
      prices: pricesOf(start),
      budget: limits ?? parent?.budget,
      chatId: parent?.chatId ?? '',
      path: parent?.path ?? [],
      emit(event, at = { chatId: '', path: [] }) {
        controls.emit(event, at)
        parent?.emit(event, at)
      },
      newChatId: () => parent?.newChatId() ?? runtime.uuid(),
    }
    try {
      if (limits) cancellation.add(limits)
      if (context.budget?.needsPrices) await assertPrices(start.agents, context.prices)
      if (limits) return await untilUsedUp(limits, controls, (leave) => hold(context, leave))
      return await hold(context, (partial) => controls.leave(partial))
    } finally {
      usage.close()
    }
  }
  const signals = [signal, parent?.signal, limits?.timeUp].filter((one) => one !== undefined)
  return new ChatRun(begin, signals, usage)
}

function pricesOf({ prices, parent }: RunOptions): Prices {
  if (parent && !prices) return parent.prices
  return new PriceBook(prices ?? installedPrices())
}

/** A run that is ended by a budget of its own gives what there is by then; that of a run around it goes on upwards. */
async function untilUsedUp<Result>(
  limits: RunBudget,
  controls: RunControls<Result>,
  hold: (leave: (partial: Result) => void) => Promise<Result>,
): Promise<Result> {
  const left: Result[] = []
  try {
    return await hold((partial) => {
      left.push(partial)
      controls.leave(partial)
    })
  } catch (error) {
    const last = left.at(-1)
    if (last !== undefined && limits.isEndedBy(error)) return last
    throw error
  }
}
