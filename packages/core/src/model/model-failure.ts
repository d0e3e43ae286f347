import { AgentChatError } from '../errors/agent-chat-error.ts'
import { ModelError } from '../errors/model-error.ts'
import { quote } from '../util/quote.ts'

/** Whatever a model call threw, as an error of this library. Errors that are one already pass as they are. */
export function modelErrorFrom(error: unknown, modelId: string, partialText: string): AgentChatError {
  if (AgentChatError.isInstance(error)) return error
  const { statusCode, isRetryable } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly statusCode?: unknown
    readonly isRetryable?: unknown
  }
  const status = typeof statusCode === 'number' ? statusCode : undefined
  const problem = error instanceof Error ? error.message : quote(error)
  return new ModelError(`failed${status === undefined ? '' : ` with status ${status}`}: ${problem}`, {
    modelId,
    status,
    // Without a verdict of the provider: the connection broke, which is worth another try.
    retryable: typeof isRetryable === 'boolean' ? isRetryable : status === undefined,
    partialText,
    cause: error,
  })
}
