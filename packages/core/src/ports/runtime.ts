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
   */
  step<Result>(key: string, action: () => Result | Promise<Result>): Promise<Result>
  /** Milliseconds since 1970. */
  now(): number
  /** At least 0 and below 1. */
  random(): number
  uuid(): string
}

/** Runs every step at once and remembers nothing. */
export const inlineRuntime: Runtime = Object.freeze({
  // A promise of the action is handed on as it is: waiting for it once more would cost every model call three ticks.
  step: <Result>(_key: string, action: () => Result | Promise<Result>): Promise<Result> => {
    try {
      return Promise.resolve(action())
    } catch (error) {
      return Promise.reject(error)
    }
  },
  now: () => Date.now(),
  random: () => Math.random(),
  uuid: () => crypto.randomUUID(),
})
