import { expect, test } from 'vitest'
import { strictSchema } from './strict-schema.ts'

test('every property is required, what was optional may be null, and no others are allowed, at every depth', () => {
  const place = {
    type: 'object',
    properties: { city: { type: 'string' }, zip: { type: 'string' } },
    required: ['city'],
  }
  const schema = {
    type: 'object',
    properties: {
      kind: { enum: ['a', { properties: {} }] },
      places: { type: 'array', items: place },
      note: { type: 'string', default: 'none' },
    },
    required: ['kind', 'places'],
  }
  expect(strictSchema(schema)).toEqual({
    type: 'object',
    properties: {
      kind: { enum: ['a', { properties: {} }] },
      places: {
        type: 'array',
        items: {
          type: 'object',
          properties: { city: { type: 'string' }, zip: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
          required: ['city', 'zip'],
          additionalProperties: false,
        },
      },
      note: { anyOf: [{ type: 'string', default: 'none' }, { type: 'null' }] },
    },
    required: ['kind', 'places', 'note'],
    additionalProperties: false,
  })
})
