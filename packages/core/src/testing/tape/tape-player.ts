import type { Emit, EventBody, EventOrigin } from '../../event.ts'
import type { JsonValue } from '../../message.ts'
import type { Runtime, StepAbout } from '../../ports/runtime.ts'
import { Delivery } from './delivery.ts'
import { differenceText, firstDifference } from './differences.ts'
import { InputReader } from './plain-json.ts'
import { placeOf, placeText, StepNames } from './step-names.ts'
import { TapeError } from './tape-error.ts'
import { readTape } from './read-tape.ts'
import type { Tape, TapeEntry, TapeEvent } from './tape.ts'
import { thrownAgain } from './thrown.ts'

/** What a step on the tape gives back, with its place among all that is on the tape. */
interface Played {
  readonly order: number
  readonly event?: TapeEvent
  readonly end?: TapeEntry
}

interface StepOnTape {
  readonly entry: TapeEntry
  readonly items: Played[]
  isUsed: boolean
}

/**
 * A runtime that holds a recorded run again: what models, tools, programs and people said, and what clock and chance
 * gave, comes from the tape, in the order in which it was recorded. Nothing is run, and nothing is asked.
 *
 * A run that asks for something else than was recorded fails with a {@link TapeError} that names agent, turn and field.
 */
export class TapePlayer implements Runtime {
  readonly #tape: Tape
  readonly #steps: ReadonlyMap<string, StepOnTape>
  readonly #inputs = new InputReader()
  readonly #names = new StepNames()
  readonly #delivery = new Delivery()
  #failure: TapeError | undefined
  #clock = 0
  #chance = 0
  #ids = 0

  /**
   * @param tape - What a recorder wrote, as text or as data.
   * @throws TapeError when it is no tape.
   */
  constructor(tape: unknown) {
    this.#tape = readTape(tape)
    this.#steps = stepsOn(this.#tape)
  }

  async step<Result>(
    key: string,
    _action: (emit: Emit) => Result | Promise<Result>,
    about?: StepAbout,
  ): Promise<Result> {
    // Somebody may have caught the error: the run is not the recorded one any more.
    if (this.#failure) throw this.#failure
    const name = this.#names.next(key)
    const step = this.#steps.get(name)
    if (!step) throw this.#fail(this.#missing(name, about?.agent))
    step.isUsed = true
    const input = about?.input && this.#inputs.read(about.input(), name)
    const changed = this.#changed(step.entry, input, about?.agent)
    if (changed) throw this.#fail(changed)
    return this.#play(step, about)
  }

  /** What the clock said when it was recorded; when it is asked more often, which timers may do, its last word. */
  now(): number {
    const { clock = [] } = this.#tape
    return clock[Math.min(this.#clock++, clock.length - 1)] ?? 0
  }

  random(): number {
    const chance = this.#tape.chance?.[this.#chance++]
    if (chance !== undefined) return chance
    throw this.#fail(
      new TapeError(
        `Chance is asked more often than when the tape was recorded, which was ${this.#tape.chance?.length ?? 0} times. Record it again.`,
      ),
    )
  }

  uuid(): string {
    return `id-${++this.#ids}`
  }

  /**
   * Asserts that the run was the recorded one to its end.
   *
   * @throws TapeError the first thing that was not as recorded; or naming what is on the tape and was not asked for.
   */
  assertUsedUp(): void {
    if (this.#failure) throw this.#failure
    const unused = [...this.#steps.values()].filter((step) => !step.isUsed)
    const [first] = unused
    if (first) {
      const place = placeOf(first.entry.step, first.entry.agent)
      throw new TapeError(
        `${unused.length} of ${this.#steps.size} steps on the tape were not asked for, beginning with ${placeText(place)}: ` +
          `${JSON.stringify(place.step)}. The run ended earlier than when it was recorded, or went another way.`,
        place,
      )
    }
    const left = (this.#tape.chance?.length ?? 0) - this.#chance
    if (left > 0) throw new TapeError(`Chance was asked ${left} times less than when the run was recorded.`)
  }

  #play<Result>({ entry, items }: StepOnTape, about: StepAbout | undefined): Promise<Result> {
    return new Promise((resolve, reject) => {
      for (const { order, event, end } of items) {
        this.#delivery.add(order, () => {
          if (event) emitAgain(event, about?.emit)
          else if (!end) reject(this.#fail(unfinished(entry)))
          else if (end.error === undefined) resolve(structuredClone(end.result) as Result)
          else reject(thrownAgain(end.error))
        })
      }
    })
  }

  #changed(entry: TapeEntry, input: JsonValue | undefined, agent: string | undefined): TapeError | undefined {
    const found = firstDifference(entry.agent, agent, 'agent') ?? firstDifference(entry.input, input)
    if (!found) return undefined
    const place = placeOf(entry.step, entry.agent)
    const field = found.field === '' ? 'input' : found.field
    return new TapeError(
      `${placeText(place)}, ${field}: ${differenceText(found)}. If the change is meant, record the tape again.`,
      { ...place, field },
    )
  }

  #missing(name: string, agent: string | undefined): TapeError {
    const place = placeOf(name, agent)
    const next = [...this.#steps.values()].find((step) => !step.isUsed)
    const instead = next ? `The next one there is ${JSON.stringify(next.entry.step)}` : 'All that is there was played'
    return new TapeError(
      `${placeText(place)}: the step ${JSON.stringify(name)} is not on the tape. ${instead}. The run goes another way ` +
        'than when it was recorded, or is longer; if that is meant, record the tape again.',
      place,
    )
  }

  #fail(error: TapeError): TapeError {
    this.#failure ??= error
    return error
  }
}

function stepsOn({ steps }: Tape): Map<string, StepOnTape> {
  const found = new Map<string, StepOnTape>()
  let order = 0
  for (const entry of steps) {
    const step = found.get(entry.step) ?? { entry, items: [], isUsed: false }
    found.set(entry.step, step)
    if (step.items.at(-1)?.end) {
      throw new TapeError(`On the tape, the step ${JSON.stringify(entry.step)} goes on after its end. Record it again.`)
    }
    for (const event of entry.events ?? []) step.items.push({ order: ++order, event })
    if ('result' in entry || 'error' in entry) step.items.push({ order: ++order, end: entry })
  }
  // What was not done when the recording ended comes last.
  for (const { items } of found.values()) if (!items.at(-1)?.end) items.push({ order: Infinity })
  return found
}

function emitAgain({ at, ...event }: TapeEvent, emit: Emit | undefined): void {
  // A recorder has written both down as they were.
  emit?.(structuredClone(event) as unknown as EventBody, at as unknown as EventOrigin | undefined)
}

function unfinished({ step, agent }: TapeEntry): TapeError {
  const place = placeOf(step, agent)
  return new TapeError(
    `${placeText(place)}: the step ${JSON.stringify(step)} was not done when the recording ended. Record a run that ` +
      'comes to its end, or cancel this one as the recorded one was.',
    place,
  )
}
