import type { Cancellation } from './cancellation.ts'

/** Keeps calls of a provider apart in time. One object is handed to all who share the limit. */
export interface RateLimit {
  /**
   * Waits until a call may be made, in the order of asking, and no longer than the run lasts; then rejects with the
   * signal's reason.
   *
   * @param tokens - About how many the call will take; asked for only where tokens are counted.
   */
  enter(tokens: () => number, cancellation: Cancellation): Promise<RateLimitSlot>
}

/** A call that was let through. */
export interface RateLimitSlot {
  /** Says how many tokens it has taken, once that is known. */
  settle(tokens: number): void
}
