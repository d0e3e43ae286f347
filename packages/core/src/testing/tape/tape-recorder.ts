import type { Emit, EventBody, EventOrigin } from '../../event.ts'
import { inlineRuntime, type Runtime, type StepAbout } from '../../ports/runtime.ts'
import { Delivery } from './delivery.ts'
import { InputReader, plainJson } from './plain-json.ts'
import { Redactor } from './redactor.ts'
import { StepNames } from './step-names.ts'
import { tapeText } from './tape-text.ts'
import type { Tape, TapeEvent } from './tape.ts'
import { writtenError } from './thrown.ts'
import { Track, type RecordedEnd, type RecordedStep } from './track.ts'

/** How a tape is recorded. */
export interface TapeRecorderOptions {
  /**
   * Texts that must not be on the tape. Keys, authorisation headers and passwords are left out by their form or the
   * name of their field, and so are values of the environment whose names say that they are secret.
   */
  readonly secrets?: readonly string[]
}

/**
 * A runtime that records a run: hand it to a chat as `runtime`, and keep {@link TapeRecorder.text} in a file when the
 * chat has ended. A {@link TapePlayer} holds the run again from there, without a model, a tool or a person.
 *
 * Ids are `id-1`, `id-2` and so on, so that two recordings can be compared. The idempotency keys of tools begin with
 * them and are then the same in every recording.
 */
export class TapeRecorder implements Runtime {
  /** What runs inside a step is a part of it, and is not recorded by itself. */
  readonly inside: Runtime = inlineRuntime
  readonly #redactor: Redactor
  readonly #inputs = new InputReader()
  readonly #names = new StepNames()
  readonly #delivery = new Delivery()
  readonly #track = new Track()
  readonly #clock: number[] = []
  readonly #chance: number[] = []
  #ids = 0
  #handedOver = 0

  /** @throws ConfigurationError `invalid-option` for a secret that is no text, or empty. */
  constructor(options: TapeRecorderOptions = {}) {
    this.#redactor = new Redactor(options.secrets)
  }

  async step<Result>(
    key: string,
    action: (emit: Emit) => Result | Promise<Result>,
    about?: StepAbout,
  ): Promise<Result> {
    const name = this.#names.next(key)
    const input = about?.input && this.#inputs.read(about.input(), name)
    const step = this.#track.begin({ name, agent: about?.agent, input })
    const emit: Emit = (event, at) => {
      const written = writtenEvent(event, at, name)
      this.#handOver(() => {
        this.#track.event(step, written)
        about?.emit?.(event, at)
      })
    }
    try {
      const result = plainJson(await action(emit), name)
      await this.#end(step, { result })
      // The same as when it is played: what JSON gives back. Runtimes promise no more than that of a result.
      return structuredClone(result) as Result
    } catch (error) {
      await this.#end(step, { error: writtenError(error, name) })
      throw error
    }
  }

  now(): number {
    const now = Date.now()
    this.#clock.push(now)
    return now
  }

  random(): number {
    const chance = Math.random()
    this.#chance.push(chance)
    return chance
  }

  uuid(): string {
    return `id-${++this.#ids}`
  }

  /** What was recorded so far, without secrets. */
  toJSON(): Tape {
    return {
      format: 'conversable-tape',
      version: 1,
      ...(this.#clock.length > 0 && { clock: [...this.#clock] }),
      ...(this.#chance.length > 0 && { chance: [...this.#chance] }),
      steps: this.#track.entries(this.#redactor),
    }
  }

  /** The same as a text for a file: indented, and short where a prompt goes on from an earlier one. */
  text(): string {
    return tapeText(this.toJSON())
  }

  #end(step: RecordedStep, end: RecordedEnd): Promise<void> {
    return new Promise((resolve) => {
      this.#handOver(() => {
        this.#track.end(step, end)
        resolve()
      })
    })
  }

  #handOver(deliver: () => void): void {
    this.#delivery.add(++this.#handedOver, deliver)
  }
}

function writtenEvent(event: EventBody, at: EventOrigin | undefined, step: string): TapeEvent {
  // An event is an object with a type, and JSON gives back what it is given.
  return plainJson(at ? { ...event, at } : event, step) as TapeEvent
}
