import { expect, test } from 'vitest'
import { inspect, lineOf } from './guest.ts'

class Point {
  readonly x = 1
  get y(): number {
    return 2
  }
}

function circular(): object {
  const self: Record<string, unknown> = { name: 'self' }
  self['self'] = self
  return self
}

test.each<readonly [value: unknown, shown: string]>([
  ["it's", `"it's"`],
  ['a "b"\n', `'a "b"\\n'`],
  [-0, '-0'],
  [12n, '12n'],
  [Symbol('s'), 'Symbol(s)'],
  [null, 'null'],
  [undefined, 'undefined'],
  [[], '[]'],
  [{}, '{}'],
  [[1, 'two', [3]], "[ 1, 'two', [ 3 ] ]"],
  [{ a: 1, 'b-c': { d: null }, [Symbol('e')]: 2 }, "{ a: 1, 'b-c': { d: null }, [Symbol(e)]: 2 }"],
  [new Point(), 'Point { x: 1 }'],
  [Object.create(null), '[Object: null prototype] {}'],
  [Object.defineProperty({}, 'late', { get: () => 1, enumerable: true }), '{ late: [Getter] }'],
  [circular(), "{ name: 'self', self: [Circular] }"],
  [{ a: { b: { c: { d: { e: { f: 1 } } } } } }, '{ a: { b: { c: { d: { e: [Object] } } } } }'],
  [new Map([['k', { v: 1 }]]), "Map(1) { 'k' => { v: 1 } }"],
  [new Set([1, 'a']), "Set(2) { 1, 'a' }"],
  [new Uint8Array([1, 2]), 'Uint8Array(2) [ 1, 2 ]'],
  [new ArrayBuffer(8), 'ArrayBuffer(8 bytes) {}'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [new Date(Number.NaN), 'Invalid Date'],
  [/a+/g, '/a+/g'],
  [Promise.resolve(1), 'Promise {}'],
  [Object(3), '[Number: 3]'],
  [Math.max, '[Function: max]'],
  [Point, '[class: Point]'],
])('%o is shown', (value, shown) => {
  expect(inspect(value)).toBe(shown)
})

test('an object that throws when it is looked at is shown as one', () => {
  const ownKeys = (): never => {
    throw new Error('no')
  }

  expect(inspect([new Proxy({}, { ownKeys })])).toBe('[ [object that cannot be shown] ]')
})

test('an error is shown with its cause, and without the lines of the host', () => {
  const error = new TypeError('outer', { cause: new Error('inner') })
  error.stack = '    at f (program.js:2:1)\n    at readFile (host:guest.js:3:1)\n    at <eval> (program.js:9:1)\n'
  ;(error.cause as Error).stack = ''

  expect(inspect(error)).toBe(
    'TypeError: outer\n    at f (program.js:2:1)\n    at program.js:9:1\n  [cause]: Error: inner',
  )
})

test('what is too long for a line is broken into lines, short entries side by side', () => {
  expect(inspect({ first: 'x'.repeat(50), second: ['y'.repeat(30)] })).toBe(
    `{\n  first: '${'x'.repeat(50)}',\n  second: [ '${'y'.repeat(30)}' ]\n}`,
  )
  const numbers = inspect(Array.from({ length: 150 }, (_none, index) => 1000 + index))
  expect(numbers.split('\n')[1]).toBe('  1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012,')
  expect(numbers).toMatch(/ 1099,? *\n? *\.\.\. 50 more items\n\]$/)
})

test.each<{ values: readonly unknown[]; line: string }>([
  { values: [], line: '\n' },
  { values: ['a', 1, ['b']], line: "a 1 [ 'b' ]\n" },
  { values: ['100%', 'done'], line: '100% done\n' },
  { values: ['%s: %d, %i, %f %%', 'x', '4.5', 4.5, '1.5', 'rest'], line: 'x: 4.5, 4, 1.5 % rest\n' },
  { values: ['%j %o %c%s', { a: 1 }, 'q', 'color: red'], line: '{"a":1} \'q\' %s\n' },
])('$values are printed as $line', ({ values, line }) => {
  expect(lineOf(values)).toBe(line)
})
