import { expect, test } from 'vitest'
import { checkJson } from './check-json.ts'

test.each<[string, object, unknown, readonly string[]]>([
  ['a type', { type: 'string' }, 7, ['the arguments: must be of type string, not 7']],
  ['several types', { type: ['string', 'null'] }, null, []],
  ['a constant', { const: { a: [1] } }, { a: [1] }, []],
  ['a wrong constant', { const: 1 }, 2, ['the arguments: must be 1, not 2']],
  [
    'an enumeration',
    { properties: { c: { enum: ['USD', 'EUR'] } } },
    { c: 'JPY' },
    ['c: must be one of "USD", "EUR", not "JPY"'],
  ],
  ['bounds', { properties: { n: { minimum: 0, maximum: 9 } } }, { n: 10 }, ['n: must be at most 9, not 10']],
  ['open bounds', { properties: { n: { exclusiveMinimum: 0 } } }, { n: 0 }, ['n: must be above 0, not 0']],
  ['multiples', { properties: { n: { multipleOf: 0.1 } } }, { n: 0.3 }, []],
  [
    'lengths',
    { properties: { s: { minLength: 2 } } },
    { s: '😀' },
    ['s: must be of at least this length: 2, not "😀"'],
  ],
  ['a pattern', { properties: { s: { pattern: '^a' } } }, { s: 'b' }, ['s: must match "^a", not "b"']],
  [
    'items',
    { properties: { l: { items: { type: 'number' } } } },
    { l: [1, 'x'] },
    ['l.1: must be of type number, not "x"'],
  ],
  [
    'a tuple',
    { prefixItems: [{ type: 'number' }], items: false },
    [1, 2],
    ['the arguments.1: is not allowed, not 2'.replace('the arguments.', '')],
  ],
  [
    'unique items',
    { uniqueItems: true },
    [{ a: 1 }, { a: 1 }],
    ['the arguments: must have no item twice: true, not [{"a":1},{"a":1}]'],
  ],
  ['a missing property', { required: ['a'] }, {}, ['a: is missing']],
  ['a further property', { properties: {}, additionalProperties: false }, { x: 1 }, ['x: is not known, not 1']],
  [
    'checked further properties',
    { additionalProperties: { type: 'number' } },
    { x: 'y' },
    ['x: must be of type number, not "y"'],
  ],
  [
    'one of several forms',
    { anyOf: [{ type: 'string' }, { type: 'number' }] },
    true,
    ['the arguments: fits none of the forms that are allowed, not true'],
  ],
  [
    'forms that exclude each other',
    { oneOf: [{ minimum: 0 }, { maximum: 9 }] },
    5,
    ['the arguments: fits more than one of the forms that exclude each other, not 5'],
  ],
  [
    'all of several forms',
    { allOf: [{ type: 'number' }, { minimum: 3 }] },
    2,
    ['the arguments: must be at least 3, not 2'],
  ],
  [
    'a form that is excluded',
    { not: { type: 'null' } },
    null,
    ['the arguments: is of a form that is not allowed, not null'],
  ],
  [
    'a reference',
    { $defs: { n: { type: 'number' } }, properties: { a: { $ref: '#/$defs/n' } } },
    { a: 'x' },
    ['a: must be of type number, not "x"'],
  ],
  [
    'a form that contains itself',
    { $defs: { t: { properties: { next: { $ref: '#/$defs/t' } }, required: ['v'] } }, $ref: '#/$defs/t' },
    { v: 1, next: {} },
    ['next.v: is missing'],
  ],
])('%s', (_what, schema, value, issues) => {
  const checked = checkJson(value, schema as Record<string, unknown>)
  expect(checked.issues ?? []).toEqual(issues)
})

test('defaults are filled in at every depth, and are nobody’s own', () => {
  const schema = { properties: { a: { default: { list: [] } }, b: { properties: { c: { default: 1 } } } } }
  const { value } = checkJson({ b: {} }, schema) as { readonly value: { readonly a: unknown } }
  expect(value).toEqual({ a: { list: [] }, b: { c: 1 } })
  expect(value.a).not.toBe(schema.properties.a.default)
})

test('unknown properties are dropped, and reserved names are only names', () => {
  const value: unknown = JSON.parse('{"a": 1, "x": 2, "__proto__": {"polluted": true}, "constructor": 1}')
  const checked = checkJson(value, { type: 'object', properties: { a: {} } })
  expect(checked).toEqual({ value: { a: 1 } })
  const open = checkJson(value, { type: 'object' }) as { readonly value: object }
  expect(JSON.stringify(open.value)).toBe(JSON.stringify(value))
  expect(({} as { readonly polluted?: boolean }).polluted).toBeUndefined()
})
