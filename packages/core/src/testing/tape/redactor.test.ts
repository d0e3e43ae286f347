import { afterEach, expect, test, vi } from 'vitest'
import { Redactor } from './redactor.ts'

afterEach(() => vi.unstubAllEnvs())

test.each([
  ['a key of OpenAI', 'use sk-proj-abcdefghijklmnop1234 now', 'use [redacted] now'],
  ['a key of AWS', 'AKIAIOSFODNN7EXAMPLE', '[redacted]'],
  ['a token of GitHub', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789', '[redacted]'],
  ['a JSON web token', 'eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSM', '[redacted]'],
  ['a header', 'authorization: Bearer abcdefghij0123456789', 'authorization: Bearer [redacted]'],
  ['a key in a header', 'x-api-key: abcdefghij0123456789', 'x-api-key: [redacted]'],
  ['a field in a text of JSON', '{"password":"hunter2","user":"bob"}', '{"password":"[redacted]","user":"bob"}'],
  ['a field in JSON in JSON', '{"a":"{\\"api_key\\":\\"xyz\\"}"}', '{"a":"{\\"api_key\\":\\"[redacted]\\"}"}'],
  ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- end', '[redacted] end'],
  [
    'nothing of an ordinary sentence',
    'The key is to ask for a token of trust.',
    'The key is to ask for a token of trust.',
  ],
  ['no identifier of a task', 'risk-assessment-of-everything', 'risk-assessment-of-everything'],
])('%s is taken out by its form', (_what, text, redacted) => {
  expect(new Redactor().redact({ text })).toEqual({ text: redacted })
})

test('the value of a field is taken out by the name of the field', () => {
  const headers = { Authorization: 'x', 'x-api-key': 'x', openaiApiKey: 'x', 'set-cookie': 'x', client_secret: 'x' }
  const kept = { tokens: 7, author: 'x', secretary: 'x', password: { type: 'string' }, key: 'x' }
  expect(new Redactor().redact({ ...headers, ...kept })).toEqual({
    Authorization: '[redacted]',
    'x-api-key': '[redacted]',
    openaiApiKey: '[redacted]',
    'set-cookie': '[redacted]',
    client_secret: '[redacted]',
    ...kept,
  })
})

test('given secrets are taken out however they are written, the longest first', () => {
  const redactor = new Redactor(['pass "word"', 'pass', 'a/b+c'])
  const written = {
    plain: 'pass "word"!',
    inJson: '{"x":"pass \\"word\\""}',
    url: '?k=a%2Fb%2Bc',
    basic: btoa('a/b+c'),
  }
  expect(redactor.redact(written)).toEqual({
    plain: '[redacted]!',
    inJson: '{"x":"[redacted]"}',
    url: '?k=[redacted]',
    basic: '[redacted]',
  })
  expect(redactor.redact({ pass: ['pass'] })).toEqual({ '[redacted]': ['[redacted]'] })
})

test('values of the environment whose names say that they are secret are taken out', () => {
  vi.stubEnv('ACME_TOKEN', 'canary-of-the-environment')
  vi.stubEnv('ACME_KEY', 'short')
  vi.stubEnv('ACME_HOME', '/home/of/acme')
  expect(new Redactor().redact('canary-of-the-environment, short, /home/of/acme')).toBe(
    '[redacted], short, /home/of/acme',
  )
})

test('a secret that comes in pieces is taken out of all of them, and the pieces stay apart', () => {
  const delta = (text: string, messageId = 'c/1') => ({ type: 'text-delta', messageId, delta: text })
  const events = [delta('The key: '), delta('cana'), delta('other', 'c/2'), delta('ry'), delta('-7, '), delta('good.')]
  expect(new Redactor(['canary-7']).redactEvents(events)).toEqual([
    delta('The key: '),
    delta('[redacted]'),
    delta('other', 'c/2'),
    delta(''),
    delta(', '),
    delta('good.'),
  ])
})

test.each([[''], [7], [undefined]])('%j is no secret', (secret) => {
  expect(() => new Redactor([secret as string])).toThrow('Give texts that are not empty')
})

test('reserved names are data', () => {
  const hostile: unknown = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}')
  const copy = new Redactor().redact(hostile as never)
  expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":true},"constructor":1}')
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
})
