/** Something that ends with a run, and may have a deadline of its own. */
export interface Waiting {
  /** The run was cancelled. */
  end(reason: unknown): void
  /** Looks at its deadlines; says when to look again, in milliseconds since 1970. */
  lookAgainAt?(now: number): number
}

/** The end of a run before its time, for all that waits in it. */
export interface Cancellation {
  readonly signal: AbortSignal
  /** Waits for `promise`, but no longer than the run lasts; then rejects with the signal's reason. */
  guard<Value>(promise: PromiseLike<Value>): Promise<Value>
  /** Lets something end with the run, or at its own deadline. */
  add(waiting: Waiting): void
  /** It waits no more. */
  remove(waiting: Waiting): void
}
