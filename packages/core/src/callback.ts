import { AgentChatError } from './errors/agent-chat-error.ts'
import { CallbackError } from './errors/callback-error.ts'
import { abortable } from './util/abortable.ts'
import { isPromise } from './util/is-promise.ts'
import { quote } from './util/quote.ts'

/** A function that was handed in, and how it is called. */
export interface Callback {
  /** The agent that it belongs to. */
  readonly agent: string
  /** The function, for people: `its hook processMessageBeforeSend`. */
  readonly what: string
  /** Ends the wait for its promise, whether the function listens to it or not. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Calls a function that was handed in, and says whose it was if it throws. Errors of this library pass as they are.
 *
 * @throws CallbackError with the error as its `cause`; the signal's reason once it is aborted.
 */
export function callback<Value>(about: Callback, call: () => Value): Value {
  try {
    const value = call()
    if (!isPromise(value)) return value
    const guarded = value.then(undefined, (error: unknown) => failedCallback(about, error))
    // What a promise's `then` gives, raced or not, is a promise of the same value.
    return (about.signal ? abortable(guarded, about.signal) : guarded) as Value
  } catch (error) {
    return failedCallback(about, error)
  }
}

/**
 * Says whose function it was that has thrown. For the few that are called with every message, without {@link callback}.
 *
 * @throws CallbackError, or an error of this library as it is.
 */
export function failedCallback({ agent, what }: Callback, error: unknown): never {
  if (AgentChatError.isInstance(error)) throw error
  const text = error instanceof Error ? error.message : quote(error)
  throw new CallbackError(agent, `Agent ${quote(agent)}: ${what} failed: ${text}`, { cause: error })
}
