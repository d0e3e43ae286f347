import { AgentChatError } from './agent-chat-error.ts'

/** What a {@link ModelError} is made of. */
export interface ModelErrorOptions {
  /** `provider/model`. */
  readonly modelId: string
  /** HTTP status, where there was an answer. */
  readonly status?: number | undefined
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  /** What the model had said when it failed. */
  readonly partialText?: string
  readonly cause?: unknown
}

/** A model could not be reached, refused the request, or broke its own protocol. */
export class ModelError extends AgentChatError {
  override readonly name = 'ModelError'
  readonly code = 'model'
  readonly modelId: string
  readonly status: number | undefined
  readonly retryable: boolean
  readonly partialText: string

  constructor(problem: string, options: ModelErrorOptions) {
    super(`Model "${options.modelId}" ${problem}`, { cause: options.cause })
    this.modelId = options.modelId
    this.status = options.status
    this.retryable = options.retryable
    this.partialText = options.partialText ?? ''
  }
}
