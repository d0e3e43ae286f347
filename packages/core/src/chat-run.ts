import type { ChatEvent, EventBody, EventOrigin } from './event.ts'
import { AgentChatError } from './errors/agent-chat-error.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { RunCancellation } from './run-cancellation.ts'
import type { UsageMeter, UsageReport } from './usage.ts'
import { EventLog } from './util/event-log.ts'

/** What a run gives to whoever holds its chats. */
export interface RunControls<Result> {
  /** Of the run: cancelled when it is, or when it is left. */
  readonly cancellation: RunCancellation
  emit(event: EventBody, at: EventOrigin): void
  /** Leaves what there is before an error is thrown. */
  leave(partial: Result): void
}

/**
 * A started chat, or several: `await` it for the result, or walk through its events with `for await` first.
 *
 * Leaving the `for await` loop cancels the run, as an aborted signal does. Awaiting a cancelled run throws the reason;
 * {@link ChatRun.outcome} gives the transcript up to there in every case.
 */
export class ChatRun<Result> implements PromiseLike<Result>, AsyncIterable<ChatEvent> {
  readonly #cancellation: RunCancellation
  readonly #result: Promise<Result>
  readonly #usage: UsageMeter
  #listeners: Set<(event: ChatEvent) => void> | undefined
  #log: EventLog<ChatEvent> | undefined = new EventLog(mergeDeltas)
  #read = false
  #events = 0
  #partial: Result | undefined
  #done = false

  /**
   * @param signals - Any of them cancels the run.
   * @param usage - Counts what the run uses.
   */
  constructor(
    start: (controls: RunControls<Result>) => Promise<Result>,
    signals: readonly AbortSignal[],
    usage: UsageMeter,
  ) {
    this.#usage = usage
    const cancellation = new RunCancellation(...signals)
    this.#cancellation = cancellation
    const controls: RunControls<Result> = {
      cancellation,
      emit: (event, at) => this.#emit(event, at),
      leave: (partial) => (this.#partial = partial),
    }
    // One tick later, so that listeners and readers that are added right after construction miss nothing.
    this.#result = Promise.resolve()
      .then(() => start(controls))
      .finally(() => {
        cancellation.close()
        this.#done = true
        this.#log?.end()
      })
  }

  /** What the model calls of the run have used by now, those of all its chats together. */
  get usage(): UsageReport {
    return this.#usage.report()
  }

  /** Ends the run. Awaiting it then throws `reason`, by default an `AbortError`. */
  cancel(reason?: unknown): void {
    this.#cancellation.cancel(reason)
  }

  /** Calls `listener` with every event, at the moment in which it happens. What it throws is reported as uncaught. */
  subscribe(listener: (event: ChatEvent) => void): this {
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
    return this
  }

  /**
   * The events after the one with the id `after`, by default all. Unlike a loop over the run itself this can be left
   * and taken up again, by any number of readers. Ask for it before the run is awaited: events are not kept otherwise.
   */
  events(after = 0): AsyncIterable<ChatEvent> {
    if (!this.#log)
      throw new ConfigurationError(
        'events-not-kept',
        'The events of this run were not kept: ask for them before you await it.',
      )
    this.#read = true
    return this.#log.read(after)
  }

  /**
   * The result; or, when the run failed or was cancelled, what there was by then, with a stop reason that says so.
   * Rejects only if not even a transcript could be begun. Reading it counts as awaiting the run.
   */
  get outcome(): Promise<Result> {
    return this.then(undefined, (error: unknown) => {
      if (this.#partial === undefined) throw error
      return this.#partial
    })
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a run is meant to be awaited
  then<A = Result, B = never>(
    onResult?: ((result: Result) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (!this.#read) this.#log = undefined
    return this.#result.then(onResult, onError)
  }

  /** As `then(undefined, onError)`. */
  catch<B = never>(onError: (error: unknown) => B | PromiseLike<B>): Promise<Result | B> {
    return this.then(undefined, onError)
  }

  /** As of a promise. */
  finally(onEnd: () => void): Promise<Result> {
    return this.then().finally(onEnd)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ChatEvent, void, undefined> {
    const events = this.events()
    // Whoever leaves the loop early never sees the result, so nobody else would handle its rejection.
    this.#result.catch(() => {})
    try {
      yield* events
      await this.#result
    } finally {
      if (!this.#done) this.cancel()
    }
  }

  #emit(event: EventBody, at: EventOrigin): void {
    if (!this.#log && !this.#listeners) return
    const full = { ...event, ...at, id: ++this.#events }
    this.#log?.append(full)
    for (const listener of this.#listeners ?? []) {
      try {
        listener(full)
      } catch (error) {
        // A watcher must not change what it watches.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}

/** Puts the transcript so far on an error that goes to the caller. */
export function withResult(error: unknown, result: NonNullable<AgentChatError['result']>): unknown {
  // Not enumerable: a logger that prints the error must not print the whole conversation with it.
  if (AgentChatError.isInstance(error)) {
    Object.defineProperty(error, 'result', { value: result, writable: true, configurable: true })
  }
  return error
}

function mergeDeltas(last: ChatEvent, next: ChatEvent): ChatEvent | undefined {
  if (last.type !== 'text-delta' && last.type !== 'reasoning-delta') return undefined
  if (last.type !== next.type || last.messageId !== next.messageId) return undefined
  return { ...next, delta: last.delta + next.delta }
}
