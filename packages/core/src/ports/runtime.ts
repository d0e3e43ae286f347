import type { Emit } from '../event.ts'

/**
 * Where side effects happen. The default runs them at once; a durable runtime writes each one down and answers from
 * its journal when the run is taken up again.
 */
export interface Runtime {
  /**
   * Runs `action` once and gives its JSON result, also after a restart.
   *
   * @param key - Says which step it is, such as `c1/3/assistant.model` or `c1/4/user.tool.add.call_7`: conversation,
   *   message index, agent, kind. The same run gives the same keys whatever the order in which parallel branches
   *   finish. A key that comes again within a run means its next occurrence.
   * @param action - Says what happens while it runs through the `emit` that it is given, which is `about.emit`, or one
   *   that goes nowhere.
   * @param about - For runtimes that keep more than the result.
   */
  step<Result>(key: string, action: (emit: Emit) => Result | Promise<Result>, about?: StepAbout): Promise<Result>
  /** Milliseconds since 1970. */
  now(): number
  /** At least 0 and below 1. */
  random(): number
  uuid(): string
  /**
   * What an action uses in place of this runtime: its clock, its chance and steps of its own, as a tool may take that
   * holds a chat, are part of the step around it.
   * Default: this runtime.
   */
  readonly inside?: Runtime
}

/** What a step is about. */
export interface StepAbout {
  /** Who acts. */
  readonly agent: string
  /** What goes in, as data that JSON can write. Called only by a runtime that keeps it. */
  readonly input?: () => unknown
  /** Where events of the action go. A runtime that answers from its notes emits them again, as they were. */
  readonly emit?: Emit
}

const emitNowhere: Emit = () => {}

/** Runs every step at once and remembers nothing. */
export const inlineRuntime: Runtime = Object.freeze({
  // A promise of the action is handed on as it is: waiting for it once more would cost every model call three ticks.
  step: <Result>(
    _key: string,
    action: (emit: Emit) => Result | Promise<Result>,
    about?: StepAbout,
  ): Promise<Result> => {
    try {
      return Promise.resolve(action(about?.emit ?? emitNowhere))
    } catch (error) {
      return Promise.reject(error)
    }
  },
  now: () => Date.now(),
  random: () => Math.random(),
  uuid: () => crypto.randomUUID(),
})
