import type { Runtime, StepAbout } from '../ports/runtime.ts'
import type { Emit } from '../event.ts'

/** A runtime that notes what every step gave, and answers a second run from its notes. */
export interface JournalRuntime extends Runtime {
  /** What the steps gave, by key and occurrence, as JSON texts. Hand it to the next run. */
  readonly journal: Map<string, string>
  /** The keys of the steps that were really run. */
  readonly ran: readonly string[]
}

/**
 * Makes a runtime with a journal in memory, for tests of what happens when a run is repeated or taken up again.
 * Its clock and its ids count up from 1; its chance is always 0.5.
 */
export function journalRuntime(journal: Map<string, string> = new Map()): JournalRuntime {
  const ran: string[] = []
  const occurrences = new Map<string, number>()
  let clock = 0
  let ids = 0
  return {
    journal,
    ran,
    async step<Result>(
      key: string,
      action: (emit: Emit) => Result | Promise<Result>,
      about?: StepAbout,
    ): Promise<Result> {
      const count = (occurrences.get(key) ?? 0) + 1
      occurrences.set(key, count)
      const place = count === 1 ? key : `${key}#${count}`
      const noted = journal.get(place)
      // What was noted under a key is what this step gave before.
      if (noted !== undefined) return JSON.parse(noted) as Result
      ran.push(place)
      const result = await action(about?.emit ?? (() => {}))
      journal.set(place, JSON.stringify(result ?? null))
      return result
    },
    now: () => ++clock,
    random: () => 0.5,
    uuid: () => `chat-${++ids}`,
  }
}
