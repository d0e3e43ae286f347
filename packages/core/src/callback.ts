import { AgentChatError } from './errors/agent-chat-error.ts'
import { CallbackError } from './errors/callback-error.ts'
import { isPromise } from './util/is-promise.ts'
import { quote } from './util/quote.ts'

/**
 * Calls a function that was handed in, and says whose it was if it throws. Errors of this library pass as they are.
 *
 * @param what - The function, for people: `hook processMessageBeforeSend`.
 * @throws CallbackError with the error as its `cause`.
 */
export function callback<Value>(agent: string, what: string, call: () => Value): Value {
  try {
    const value = call()
    if (!isPromise(value)) return value
    // What a promise's `then` gives is a promise of the same value.
    return value.then(undefined, (error: unknown) => fail(agent, what, error)) as Value
  } catch (error) {
    return fail(agent, what, error)
  }
}

function fail(agent: string, what: string, error: unknown): never {
  if (AgentChatError.isInstance(error)) throw error
  const text = error instanceof Error ? error.message : quote(error)
  throw new CallbackError(agent, `Agent ${quote(agent)}: ${what} failed: ${text}`, { cause: error })
}
