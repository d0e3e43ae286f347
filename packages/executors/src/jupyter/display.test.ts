import { expect, test } from 'vitest'
import { displayed } from './display.ts'

const PNG = 'iVBORw0KGgo='

test.each([
  { mime: 'text/plain', given: '<Figure>', value: '<Figure>', words: '<Figure>' },
  {
    mime: 'image/png',
    given: PNG,
    value: new Uint8Array(Buffer.from(PNG, 'base64')),
    words: 'Image data saved to /x',
    ending: '.png',
  },
  { mime: 'image/svg+xml', given: '<svg/>', value: '<svg/>', words: 'Image data saved to /x', ending: '.svg' },
  { mime: 'text/html', given: '<b/>', value: '<b/>', words: 'HTML data saved to /x', ending: '.html' },
  { mime: 'text/latex', given: '$x$', value: '$x$', words: '"$x$"' },
  { mime: 'application/json', given: { a: [1] }, value: '{"a":[1]}', words: '{"a":[1]}' },
  { mime: 'image/png', given: { not: 'a text' }, value: '{"not":"a text"}', words: '{"not":"a text"}' },
])('$mime is said to be $words', ({ mime, given, value, words, ending }) => {
  const [only] = displayed({ [mime]: given })

  expect(only).toMatchObject({ mime, value })
  expect(only?.words('/x')).toBe(words)
  expect(only?.fileName?.replace(/^[\da-f-]{36}/, '')).toBe(ending)
})
