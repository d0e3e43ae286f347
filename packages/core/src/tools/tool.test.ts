import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Tool } from '../ports/tool.ts'
import { tool } from './tool.ts'
import { chance } from '../../../../test/chance.ts'

const execute = (): string => 'done'
const made = (parameters: Parameters<typeof tool>[0]['parameters']): Tool =>
  tool({ name: 't', description: 'Does it.', parameters, execute })

describe('the currency calculator of the guide', () => {
  const Symbols = z.enum(['USD', 'EUR'])

  test('with plain arguments', () => {
    const calculator = tool({
      name: 'currency_calculator',
      description: 'Currency exchange calculator.',
      parameters: z.object({
        base_amount: z.number().describe('Amount of currency in base_currency'),
        base_currency: Symbols.default('USD').describe('Base currency'),
        quote_currency: Symbols.default('EUR').describe('Quote currency'),
      }),
      execute: ({ base_amount, quote_currency }) => `${base_amount / 1.1} ${quote_currency}`,
    })
    expect(calculator.parameters).toEqual({
      type: 'object',
      properties: {
        base_amount: { type: 'number', description: 'Amount of currency in base_currency' },
        base_currency: { enum: ['USD', 'EUR'], type: 'string', default: 'USD', description: 'Base currency' },
        quote_currency: { enum: ['USD', 'EUR'], type: 'string', default: 'EUR', description: 'Quote currency' },
      },
      required: ['base_amount'],
    })
  })

  test('with a nested currency object', () => {
    const Currency = z.object({
      currency: Symbols.describe('Currency symbol').meta({ title: 'Currency' }),
      amount: z.number().min(0).default(0).describe('Amount of currency').meta({ title: 'Amount' }),
    })
    const calculator = tool({
      name: 'currency_calculator',
      description: 'Currency exchange calculator.',
      parameters: z.object({
        base: Currency.describe('Base currency: amount and currency symbol').meta({ title: 'Currency' }),
        quote_currency: Symbols.default('USD').describe('Quote currency symbol'),
      }),
      execute: ({ base, quote_currency }) => ({ currency: quote_currency, amount: base.amount }),
    })
    expect(calculator.parameters).toEqual({
      type: 'object',
      properties: {
        base: {
          type: 'object',
          title: 'Currency',
          description: 'Base currency: amount and currency symbol',
          properties: {
            currency: { description: 'Currency symbol', enum: ['USD', 'EUR'], title: 'Currency', type: 'string' },
            amount: { default: 0, description: 'Amount of currency', minimum: 0, title: 'Amount', type: 'number' },
          },
          required: ['currency'],
        },
        quote_currency: { enum: ['USD', 'EUR'], type: 'string', default: 'USD', description: 'Quote currency symbol' },
      },
      required: ['base'],
    })
  })
})

test('whole numbers are not shown with the bounds of a float', () => {
  expect(made(z.object({ n: z.int() })).parameters).toMatchObject({ properties: { n: { type: 'integer' } } })
  expect(JSON.stringify(made(z.object({ n: z.int() })).parameters)).not.toContain('9007199254740991')
})

test('a schema that gives no JSON Schema may be given one beside it', async () => {
  const other = tool({
    name: 't',
    description: 'Does it.',
    parameters: v.object({ a: v.string() }),
    jsonSchema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
    execute: ({ a }) => a,
  })
  expect(other.parameters).toMatchObject({ required: ['a'] })
  expect(await other.check({ a: 7 })).toHaveProperty('issues')
})

/** One schema in every form that is supported: a name, a count from 0 to 9 that may be left out, a colour, tags. */
const forms: Readonly<Record<string, Tool>> = {
  'zod 4': made(
    z.object({
      name: z.string(),
      count: z.int().min(0).max(9).optional(),
      colour: z.enum(['red', 'blue']).default('red'),
      tags: z.array(z.string()).nullable(),
    }),
  ),
  valibot: made(
    toStandardJsonSchema(
      v.object({
        name: v.string(),
        count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9))),
        colour: v.optional(v.picklist(['red', 'blue']), 'red'),
        tags: v.nullable(v.array(v.string())),
      }),
    ),
  ),
  arktype: made(
    type({
      name: 'string',
      'count?': '0 <= number.integer <= 9',
      colour: "'red' | 'blue' = 'red'",
      tags: 'string[] | null',
    }),
  ),
  'JSON Schema': made({
    type: 'object',
    properties: {
      name: { type: 'string' },
      count: { type: 'integer', minimum: 0, maximum: 9 },
      colour: { enum: ['red', 'blue'], default: 'red' },
      tags: { type: ['array', 'null'], items: { type: 'string' } },
    },
    required: ['name', 'tags'],
  }),
}

describe.each(Object.entries(forms))('%s', (_form, each) => {
  test('what a model is shown and what is checked agree on 1,000 inputs', async () => {
    const random = chance(42)
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
    const shown = made(each.parameters)
    let fine = 0
    for (let n = 0; n < 1000; n++) {
      const input: Record<string, unknown> = {}
      if (random() < 0.9) input['name'] = pick<unknown>(['x', '', 'long name', 7, null])
      if (random() < 0.6) input['count'] = pick<unknown>([0, 9, 5, 10, -1, 1.5, '3', null])
      if (random() < 0.6) input['colour'] = pick<unknown>(['red', 'blue', 'green', 1, null])
      if (random() < 0.9) input['tags'] = pick<unknown>([[], ['a'], ['a', 1], null, 'a', {}])
      const [byLibrary, bySchema] = [await each.check(input), await shown.check(input)]
      expect([JSON.stringify(input), byLibrary.issues === undefined]).toEqual([
        JSON.stringify(input),
        bySchema.issues === undefined,
      ])
      if (byLibrary.issues === undefined) fine++
    }
    expect(fine).toBeGreaterThan(50)
    expect(fine).toBeLessThan(950)
  })

  test('defaults are filled in, and null stands for an argument that is left out', async () => {
    expect(await each.check({ name: 'x', count: null, tags: null })).toEqual({
      value: { name: 'x', colour: 'red', tags: null },
    })
  })

  test('an error names the argument', async () => {
    const { issues = [] } = await each.check({ name: 'x', count: 10, tags: [] })
    expect(issues).toHaveLength(1)
    expect(issues[0]).toContain('count')
  })
})
