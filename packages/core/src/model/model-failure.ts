import { AgentChatError } from '../errors/agent-chat-error.ts'
import { ModelError, type ModelFailure } from '../errors/model-error.ts'
import { parseJson } from '../util/parse-json.ts'
import { quote } from '../util/quote.ts'

/** What may stand in an error of a provider's package, or in an error part of its stream. */
interface Reported {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly type?: unknown
  readonly cause?: unknown
  readonly error?: unknown
  readonly data?: unknown
  readonly statusCode?: unknown
  readonly isRetryable?: unknown
  readonly responseHeaders?: unknown
  readonly responseBody?: unknown
}

const BY_STATUS: ReadonlyMap<number, ModelFailure> = new Map([
  [401, 'auth'],
  [402, 'quota'],
  [403, 'auth'],
  [404, 'unsupported'],
  [408, 'timeout'],
  [409, 'server'],
  [410, 'unsupported'],
  [425, 'server'],
  [429, 'rate-limit'],
])

/** What providers write into `code` or `type` of an error, in a body or in the stream. */
const BY_CODE: ReadonlyMap<string, ModelFailure> = new Map([
  ['insufficient_quota', 'quota'],
  ['billing_error', 'quota'],
  ['billing_hard_limit_reached', 'quota'],
  ['content_filter', 'content-filter'],
  ['content_policy_violation', 'content-filter'],
  ['invalid_request_error', 'bad-request'],
  ['invalid_prompt', 'bad-request'],
  ['context_length_exceeded', 'bad-request'],
  ['request_too_large', 'bad-request'],
  ['authentication_error', 'auth'],
  ['permission_error', 'auth'],
  ['not_found_error', 'unsupported'],
  ['rate_limit_error', 'rate-limit'],
  ['rate_limit_exceeded', 'rate-limit'],
  ['timeout_error', 'timeout'],
  ['overloaded_error', 'server'],
  ['api_error', 'server'],
  ['server_error', 'server'],
])

/** Errors that provider packages throw without having asked, or over what they cannot read. */
const BY_NAME: ReadonlyMap<string, ModelFailure> = new Map([
  ['AI_LoadAPIKeyError', 'auth'],
  ['AI_LoadSettingError', 'auth'],
  ['AI_InvalidPromptError', 'bad-request'],
  ['AI_InvalidArgumentError', 'bad-request'],
  ['AI_NoSuchModelError', 'unsupported'],
  ['AI_UnsupportedFunctionalityError', 'unsupported'],
  ['AI_EmptyResponseBodyError', 'protocol'],
  ['AI_InvalidResponseDataError', 'protocol'],
  ['AI_JSONParseError', 'protocol'],
  ['AI_TypeValidationError', 'protocol'],
  ['TimeoutError', 'timeout'],
  ['AbortError', 'aborted'],
])

const PASSING: readonly ModelFailure[] = ['timeout', 'rate-limit', 'server', 'network', 'protocol', 'unknown']

/**
 * Whatever a model call threw, or put into its stream, as an error of this library. Errors that are one already stay
 * what they are.
 */
export function modelErrorFrom(error: unknown, modelId: string, partialText = ''): AgentChatError {
  if (error instanceof ModelError) return partialText === '' ? error : retold(error, { partialText })
  if (AgentChatError.isInstance(error)) return error
  const reported = asReported(error)
  const status = typeof reported.statusCode === 'number' ? reported.statusCode : undefined
  const kind = kindOf(reported, status)
  const shown = status === undefined || status < 300 ? '' : ` with status ${status}`
  return new ModelError(`failed${shown}: ${messageOf(error)}`, {
    modelId,
    kind,
    status,
    retryable: PASSING.includes(kind) && reported.isRetryable !== false && !isMistake(error),
    retryAfterMs: retryAfterMs(reported.responseHeaders, Date.now()),
    partialText,
    cause: error,
  })
}

/** Whether another model may do better; not where it is the request that is refused, as others would refuse it too. */
export function mayFallBack({ kind }: ModelError): boolean {
  return kind !== 'bad-request' && kind !== 'content-filter' && kind !== 'aborted'
}

/**
 * The wait that a provider asks for: `retry-after-ms`, or `retry-after` in seconds or as an HTTP date.
 *
 * @param now - Milliseconds since 1970.
 */
export function retryAfterMs(headers: unknown, now: number): number | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined
  // An object can be asked for any name; what it gives is looked at.
  const { 'retry-after-ms': inMs, 'retry-after': after } = headers as Readonly<Record<string, unknown>>
  const seconds = numberIn(after)
  const ms = numberIn(inMs) ?? (seconds === undefined ? undefined : seconds * 1_000)
  if (ms !== undefined) return ms
  // More than dates can be read as one, such as -1.
  const date = typeof after === 'string' && after.endsWith(' GMT') ? Date.parse(after) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** The same failure, with more to say of it. */
export function retold(
  error: ModelError,
  more: { readonly problem?: string; readonly partialText?: string; readonly attempts?: readonly ModelError[] },
): ModelError {
  const { problem, modelId, kind, status, retryable, retryAfterMs: wait, partialText, attempts, cause } = error
  const same = { modelId, kind, status, retryable, retryAfterMs: wait, partialText, attempts, cause }
  return new ModelError(more.problem ?? problem, { ...same, ...more })
}

/** A body says more about a refusal than its status: a filter answers with 400, an empty account with 429. */
function kindOf(reported: Reported, status: number | undefined): ModelFailure {
  const codes = codesOf(reported)
  const kinds = codes.flatMap((code) => BY_CODE.get(code) ?? [])
  const special = kinds.find((kind) => kind === 'content-filter' || kind === 'quota')
  if (special) return special
  if (status !== undefined && status >= 400) return BY_STATUS.get(status) ?? (status < 500 ? 'bad-request' : 'server')
  const known = kinds[0] ?? (typeof reported.name === 'string' ? BY_NAME.get(reported.name) : undefined)
  if (known) return known
  const isBroken = reported.isRetryable === true || isFetchFailure(reported) || codes.some(isSocketCode)
  return isBroken ? 'network' : 'unknown'
}

/** The codes and types of an error, and of what it wraps: the answer's body, or the error of a socket. */
function codesOf(reported: Reported, depth = 3): string[] {
  const { code, type, error, data, cause, responseBody } = reported
  const own = [code, type].filter((text) => typeof text === 'string')
  if (depth === 0) return own
  const body = data === undefined && typeof responseBody === 'string' ? parseJson(responseBody) : data
  return [...own, ...[body, error, cause].flatMap((inner) => codesOf(asReported(inner), depth - 1))]
}

function isSocketCode(code: string): boolean {
  return /^(?:E[A-Z_]{4,}|UND_ERR_\w+|ConnectionRefused)$/.test(code)
}

/** `fetch` reports a broken connection as a TypeError, in every runtime with words of its own. */
function isFetchFailure({ name, message }: Reported): boolean {
  return name === 'TypeError' && typeof message === 'string' && /fetch|network|load failed|^terminated$/i.test(message)
}

/** A mistake in the model's own program, which the next try would make again. */
function isMistake(error: unknown): boolean {
  const isProgram = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError
  return isProgram && error.cause === undefined && !isFetchFailure(error)
}

function messageOf(error: unknown): string {
  const { message, error: inner } = asReported(error)
  if (typeof message === 'string') return message
  const { message: innerMessage } = asReported(inner)
  return typeof innerMessage === 'string' ? innerMessage : quote(error)
}

function asReported(value: unknown): Reported {
  return typeof value === 'object' && value !== null ? value : {}
}

function numberIn(header: unknown): number | undefined {
  return typeof header === 'string' && /^\s*\d+(?:\.\d+)?\s*$/.test(header) ? Number(header) : undefined
}
