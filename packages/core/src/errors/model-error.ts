import { AgentChatError } from './agent-chat-error.ts'

/**
 * What kind of failure it was, whichever provider reported it.
 *
 * - `timeout`: the model was silent or busy for too long, here or at the provider (408).
 * - `rate-limit`: too many requests or tokens for now (429).
 * - `quota`: the account has no credit left (402, or 429 that says so).
 * - `auth`: the key is missing, wrong, or not allowed to do this (401, 403).
 * - `unsupported`: the provider has no such model (404, 410), or it cannot do what was asked.
 * - `bad-request`: the request is broken, or too long, for whichever provider (400, 413, 422, …).
 * - `content-filter`: the provider refuses what was said.
 * - `server`: the provider failed (5xx, 409, an error inside the stream).
 * - `network`: it could not be reached, or the connection broke.
 * - `protocol`: what came back is no answer: a web page, broken JSON, nothing at all.
 * - `aborted`: something between here and the provider called the request off, and it was not the run.
 * - `unknown`: none of these could be told.
 */
export type ModelFailure =
  | 'timeout'
  | 'rate-limit'
  | 'quota'
  | 'auth'
  | 'unsupported'
  | 'bad-request'
  | 'content-filter'
  | 'server'
  | 'network'
  | 'protocol'
  | 'aborted'
  | 'unknown'

/** What a {@link ModelError} is made of. */
export interface ModelErrorOptions {
  /** `provider/model`. */
  readonly modelId: string
  /** Default `unknown`. */
  readonly kind?: ModelFailure
  /** HTTP status, where there was an answer. */
  readonly status?: number | undefined
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  /** How long the provider asks to be left alone, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** What the model had said when it failed. */
  readonly partialText?: string
  /** The failures of all models that were asked, in that order, where there were several. */
  readonly attempts?: readonly ModelError[]
  readonly cause?: unknown
}

/** A model could not be reached, refused the request, or broke its own protocol. */
export class ModelError extends AgentChatError {
  override readonly name = 'ModelError'
  readonly code = 'model'
  readonly modelId: string
  readonly kind: ModelFailure
  readonly status: number | undefined
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly partialText: string
  /** The failures of all models that were asked, in that order; empty if it was one alone. */
  readonly attempts: readonly ModelError[]

  constructor(problem: string, options: ModelErrorOptions) {
    super(`Model "${options.modelId}" ${problem}`, { cause: options.cause })
    this.modelId = options.modelId
    this.kind = options.kind ?? 'unknown'
    this.status = options.status
    this.retryable = options.retryable
    this.retryAfterMs = options.retryAfterMs
    this.partialText = options.partialText ?? ''
    this.attempts = options.attempts ?? []
  }

  /** The message, without the model in front. */
  get problem(): string {
    return this.message.slice(`Model "${this.modelId}" `.length)
  }
}
