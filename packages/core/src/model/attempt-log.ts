import type { ModelCallStart, ModelEvent } from '../event.ts'
import type { BudgetWall } from '../ports/budget.ts'
import type { ModelAnswer } from '../ports/model.ts'
import type { ModelPrice, Prices } from '../ports/prices.ts'
import type { Runtime } from '../ports/runtime.ts'
import { modelErrorFrom } from './model-failure.ts'

/** Which request it is, and on whose behalf. */
export interface Asked {
  readonly agent: string
  readonly purpose: string
  readonly step: string
}

/** What the attempts of a request need of its place in a run. */
export interface AskPlace {
  readonly runtime: Pick<Runtime, 'now'>
  readonly prices: Prices
  readonly budget: BudgetWall | undefined
  emit(event: ModelEvent): void
}

/** Who is told when a provider begins to answer, and when that comes to nothing, which may be said more than once. */
export interface AttemptObserver {
  begun(): void
  failed(error: unknown): void
}

/** The attempts of one request, one after the other: says when each begins and how it ends. */
export class AttemptLog {
  readonly #asked: Asked
  readonly #place: AskPlace
  /** What the model costs that is asked now, if that is known. */
  price: ModelPrice | undefined
  #count = 0
  #last: Attempt | undefined

  constructor(asked: Asked, place: AskPlace) {
    this.#asked = asked
    this.#place = place
  }

  /** On whose behalf the attempts are made. */
  get agent(): string {
    return this.#asked.agent
  }

  /** Pays for the attempts; absent if nothing is limited. */
  get budget(): BudgetWall | undefined {
    return this.#place.budget
  }

  get prices(): Prices {
    return this.#place.prices
  }

  /** Whether the provider of the last attempt had begun to answer. */
  get hasBegun(): boolean {
    return this.#last?.hasBegun ?? false
  }

  /** Says that another attempt begins, to ask a model known as `provider/model`; gives who is told what comes of it. */
  begin(model: string): AttemptObserver {
    const { agent, purpose, step } = this.#asked
    const start = { type: 'model-call' as const, agent, model, purpose, step, attempt: ++this.#count }
    this.#last = new Attempt(start, this.#place)
    return this.#last
  }

  /** The last attempt gave this answer. May be said more than once. */
  answered(answer: ModelAnswer): void {
    this.#last?.answered(answer)
  }

  /** The last attempt came to nothing. May be said more than once. */
  failed(error: unknown): void {
    this.#last?.failed(error)
  }
}

class Attempt implements AttemptObserver {
  readonly #start: ModelCallStart
  readonly #place: AskPlace
  readonly #startedAt: number
  hasBegun = false
  #isOver = false

  constructor(start: ModelCallStart, place: AskPlace) {
    this.#start = start
    this.#place = place
    this.#startedAt = place.runtime.now()
    place.emit(start)
  }

  begun(): void {
    this.hasBegun = true
  }

  answered({ usage, finishReason }: ModelAnswer): void {
    if (this.#isOver) return
    const durationMs = this.#end()
    this.#place.emit({ ...this.#start, type: 'model-end', durationMs, usage, finishReason })
  }

  failed(error: unknown): void {
    if (this.#isOver) return
    const durationMs = this.#end()
    const problem = modelErrorFrom(error, this.#start.model).message
    const failure = { ...this.#start, type: 'model-end' as const, durationMs, problem }
    this.#place.emit(this.hasBegun ? { ...failure, isBrokenOff: true } : failure)
  }

  /** Gives how long it took, in milliseconds. */
  #end(): number {
    this.#isOver = true
    return this.#place.runtime.now() - this.#startedAt
  }
}
