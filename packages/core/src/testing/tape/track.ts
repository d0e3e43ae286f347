import type { JsonValue } from '../../message.ts'
import type { Redactor } from './redactor.ts'
import type { TapeEntry, TapeEvent } from './tape.ts'

/** A step that is being recorded. */
export interface RecordedStep {
  readonly name: string
  readonly agent: string | undefined
  readonly input: JsonValue | undefined
  readonly events: TapeEvent[]
}

/** How a step ended. */
export type RecordedEnd = { readonly result: JsonValue } | { readonly error: JsonValue }

/** What came of one step with nothing of another in between. */
interface Piece {
  readonly step: RecordedStep
  events: number
  end?: RecordedEnd
}

/** All that was recorded, in the order in which it happened. */
export class Track {
  readonly #steps: RecordedStep[] = []
  readonly #pieces: Piece[] = []

  /** Notes that a step has begun. */
  begin(step: Omit<RecordedStep, 'events'>): RecordedStep {
    const begun = { ...step, events: [] }
    this.#steps.push(begun)
    return begun
  }

  /** Notes an event of a step. */
  event(step: RecordedStep, event: TapeEvent): void {
    step.events.push(event)
    this.#pieceOf(step).events++
  }

  /** Notes the end of a step. */
  end(step: RecordedStep, end: RecordedEnd): void {
    this.#pieceOf(step).end = end
  }

  /** The entries of a tape; last the steps of which nothing came yet. */
  entries(redactor: Redactor): TapeEntry[] {
    const events = new Map(this.#steps.map((step) => [step, redactor.redactEvents(step.events)]))
    const untold = new Set(this.#steps)
    const told = this.#pieces.map((piece): TapeEntry => {
      const opening = untold.delete(piece.step) ? openingOf(piece.step, redactor) : { step: piece.step.name }
      const said = events.get(piece.step)?.splice(0, piece.events) ?? []
      return { ...opening, ...(said.length > 0 && { events: said }), ...(piece.end && redacted(piece.end, redactor)) }
    })
    return [...told, ...[...untold].map((step) => openingOf(step, redactor))]
  }

  #pieceOf(step: RecordedStep): Piece {
    const last = this.#pieces.at(-1)
    if (last?.step === step) return last
    const piece = { step, events: 0 }
    this.#pieces.push(piece)
    return piece
  }
}

function openingOf({ name, agent, input }: RecordedStep, redactor: Redactor): TapeEntry {
  return {
    step: name,
    ...(agent !== undefined && { agent }),
    ...(input !== undefined && { input: redactor.redact(input) }),
  }
}

function redacted(end: RecordedEnd, redactor: Redactor): RecordedEnd {
  return 'result' in end ? { result: redactor.redact(end.result) } : { error: redactor.redact(end.error) }
}
