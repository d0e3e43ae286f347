import { APICallError, LoadAPIKeyError } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { ModelError } from '../errors/model-error.ts'
import { mayFallBack, modelErrorFrom, retryAfterMs } from './model-failure.ts'

function refusal(statusCode: number, body: object = {}, isRetryable?: boolean): APICallError {
  return new APICallError({
    message: 'no',
    url: 'https://api.example/v1',
    requestBodyValues: {},
    statusCode,
    responseBody: JSON.stringify(body),
    ...(isRetryable !== undefined && { isRetryable }),
  })
}

function failure(error: unknown): ModelError {
  const converted = modelErrorFrom(error, 'openai/gpt-5')
  if (converted instanceof ModelError) return converted
  throw converted
}

const code = (name: string): object => ({ error: { message: 'no', code: name } })
const type = (name: string): object => ({ type: 'error', error: { message: 'no', type: name } })

describe('what a failure is, whether it is worth another try, and whether the next model is asked', () => {
  test.each([
    ['a broken request', refusal(400), 'bad-request', false, false],
    ['a request that is too long', refusal(400, code('context_length_exceeded')), 'bad-request', false, false],
    ['a wrong key', refusal(401), 'auth', false, true],
    ['an account that has not paid', refusal(402), 'quota', false, true],
    ['a key that may not do this', refusal(403), 'auth', false, true],
    ['a model that is not there', refusal(404), 'unsupported', false, true],
    ['a timeout of the provider', refusal(408), 'timeout', true, true],
    ['a conflict', refusal(409), 'server', true, true],
    ['a model that is gone', refusal(410), 'unsupported', false, true],
    ['a request that is too large', refusal(413), 'bad-request', false, false],
    ['a request that makes no sense', refusal(422), 'bad-request', false, false],
    ['too many requests', refusal(429), 'rate-limit', true, true],
    ['an empty account', refusal(429, code('insufficient_quota')), 'quota', false, true],
    ['a content filter', refusal(400, code('content_filter')), 'content-filter', false, false],
    ['a broken server', refusal(500), 'server', true, true],
    ['a busy server', refusal(529, type('overloaded_error')), 'server', true, true],
    ['a refusal that the provider calls final', refusal(503, {}, false), 'server', false, true],
    ['an answer that broke off', refusal(200, {}, true), 'network', true, true],
    ['an overload in the stream', { type: 'overloaded_error', message: 'Overloaded' }, 'server', true, true],
    ['a bad request in the stream', { error: { type: 'invalid_request_error' } }, 'bad-request', false, false],
    ['no key at all', new LoadAPIKeyError({ message: 'no key' }), 'auth', false, true],
    ['a fetch that failed', new TypeError('fetch failed'), 'network', true, true],
    ['a socket that was reset', Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'network', true, true],
    ['a cut stream', new TypeError('terminated', { cause: { code: 'UND_ERR_SOCKET' } }), 'network', true, true],
    ['an error in words', 'oops', 'unknown', true, true],
    ['an error named like a method', { code: 'constructor', type: '__proto__' }, 'unknown', true, true],
    ['a mistake in the program', new TypeError('x is not a function'), 'unknown', false, true],
    ['an abort by others', new DOMException('stopped', 'AbortError'), 'aborted', false, false],
  ] as const)('%s', (_what, error, kind, retryable, fallsBack) => {
    const converted = failure(error)
    expect([converted.kind, converted.retryable, mayFallBack(converted)]).toEqual([kind, retryable, fallsBack])
  })
})

test('the status and the words of a provider are in the message', () => {
  expect(failure(refusal(429)).message).toBe('Model "openai/gpt-5" failed with status 429: no')
  expect(failure(refusal(200)).message).toBe('Model "openai/gpt-5" failed: no')
  expect(failure({ error: { message: 'Overloaded' } }).message).toBe('Model "openai/gpt-5" failed: Overloaded')
})

test('errors of this library stay what they are; a model error gets the text that had come', () => {
  const mistake = new ConfigurationError('unknown-model', 'no such package')
  expect(modelErrorFrom(mistake, 'a/b')).toBe(mistake)
  const cause = new Error('socket')
  const silent = new ModelError('said nothing for 20 ms.', { modelId: 'a/b', kind: 'timeout', retryable: true, cause })
  expect(modelErrorFrom(silent, 'c/d')).toBe(silent)
  expect(modelErrorFrom(silent, 'c/d', 'half')).toMatchObject({
    message: 'Model "a/b" said nothing for 20 ms.',
    kind: 'timeout',
    retryable: true,
    partialText: 'half',
    cause,
  })
})

test.each([
  [{ 'retry-after': '2' }, 2_000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after-ms': '250', 'retry-after': '2' }, 250],
  [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:12 GMT' }, 2_000],
  [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:01 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '-1' }, undefined],
  [{ 'retry-after': ['1'] }, undefined],
  [{}, undefined],
  [undefined, undefined],
])('the headers %j, ten seconds past midnight, ask for a wait of %s ms', (headers, wait) => {
  expect(retryAfterMs(headers, 10_000)).toBe(wait)
})
