import type { ModelEvent } from '../event.ts'
import type { Cancellation } from '../ports/cancellation.ts'
import { inlineRuntime, type Runtime } from '../ports/runtime.ts'
import { RunCancellation } from '../run-cancellation.ts'
import type { AttemptLog } from './attempt-log.ts'

/** What a layer around a call knows of the run that the call is made for. A `ChatContext` is one. */
export interface CallContext {
  readonly cancellation: Cancellation
  readonly runtime: Pick<Runtime, 'random'>
  emit(event: ModelEvent): void
  /** The attempts of the request, if it is made for an agent. */
  readonly attempts?: AttemptLog | undefined
}

/** A context for a call outside of any run. Close its cancellation when the call has ended. */
export function contextOutsideRuns(
  signal?: AbortSignal,
  onEvent: (event: ModelEvent) => void = () => {},
): CallContext & { readonly cancellation: RunCancellation } {
  const cancellation = signal ? new RunCancellation(signal) : new RunCancellation()
  return { cancellation, runtime: inlineRuntime, emit: onEvent }
}

/** Waits for a while, but no longer than the run lasts; then rejects with the signal's reason. */
export function pause(ms: number, cancellation: Cancellation): Promise<void> {
  const until = Date.now() + ms
  return new Promise((resolve, reject) => {
    const waiting = {
      end: reject,
      lookAgainAt(now: number): number {
        if (now < until) return until
        cancellation.remove(waiting)
        resolve()
        return Infinity
      },
    }
    cancellation.add(waiting)
  })
}
