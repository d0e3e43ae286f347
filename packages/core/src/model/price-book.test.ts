import { expect, test } from 'vitest'
import type { ModelName } from '../ports/prices.ts'
import { checkPrice } from './check-price.ts'
import { PriceBook } from './price-book.ts'

const model = { provider: 'p', modelId: 'm' }
const price = { input: 1, output: 2 }

test('a source is asked once for each model, and what it said late is then known without waiting', async () => {
  const asked: ModelName[] = []
  const book = new PriceBook(async (name) => {
    asked.push(name)
    return name.modelId === 'm' ? price : undefined
  })
  const both = [book.of(model), book.of(model)]
  expect(await Promise.all(both)).toEqual([price, price])
  expect(book.of(model)).toBe(price)
  const stranger = { provider: 'p', modelId: 'x' }
  expect(await book.of(stranger)).toBeUndefined()
  expect(book.of(stranger)).toBeUndefined()
  expect(asked).toEqual([model, stranger])
})

test('a source that fails, at once or late, is named with the model', async () => {
  const message =
    'The price of the model "p/m" could not be looked up: no table. Let the prices of the run give undefined for a ' +
    'model that they do not know.'
  const fail = (): never => {
    throw new Error('no table')
  }
  expect(() => new PriceBook(fail).of(model)).toThrow(message)
  await expect(new PriceBook(async () => fail()).of(model)).rejects.toThrow(message)
})

test.each<[string, unknown, string]>([
  ['no number', { input: '1', output: 2 }, 'has "1" as input. Give a number from 0.'],
  ['NaN', { input: Number.NaN, output: 2 }, 'has NaN as input. Give a number from 0.'],
  ['less than nothing', { input: 1, output: -2 }, 'has -2 as output. Give a number from 0.'],
  ['nothing for output', { input: 1 }, 'has undefined as output. Give a number from 0.'],
  [
    'a typing error',
    { input: 1, output: 2, cachedinput: 1 },
    'has no option "cachedinput". Did you mean "cachedInput"?',
  ],
  ['no object', 3, 'are 3. Give an object.'],
  ['tiers that are no list', { input: 1, output: 2, longInput: {} }, 'The longInput of the price is {}. Give a list.'],
  [
    'a tier without a beginning',
    { input: 1, output: 2, longInput: [{ input: 1, output: 2 }] },
    'LongInput of the price has undefined as aboveTokens. Give a number from 0.',
  ],
])('a price with %s is refused', (_what, wrong, message) => {
  expect(() => checkPrice('the price', wrong)).toThrow(message)
})
