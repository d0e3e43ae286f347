import { expect, test } from 'vitest'
import { filterConfig, type ConfigFilter, type FilterConfigOptions } from './filter-config.ts'

const LIST = Object.freeze([
  { model: 'a', tags: ['fast', 'cheap'], api_type: 'openai' },
  { model: 'b', tags: ['good'], apiType: 'azure' },
  { model: 'ab', apiType: null },
])

test.each<[ConfigFilter | undefined, FilterConfigOptions, string[]]>([
  [undefined, {}, ['a', 'b', 'ab']],
  [{}, { exclude: true }, ['a', 'b', 'ab']],
  [{ model: ['a', 'b'] }, {}, ['a', 'b']],
  [{ model: 'ab' }, {}, ['ab']],
  [{ tags: ['cheap', 'good'] }, {}, ['a', 'b']],
  [{ tags: 'fast' }, {}, ['a']],
  [{ apiType: 'openai' }, {}, ['a']],
  [{ api_type: 'azure' }, {}, ['b']],
  [{ apiType: [null, 'azure'] }, {}, ['b', 'ab']],
  [{ tags: null }, {}, ['ab']],
  [{ model: ['a', 'b'], tags: ['good'] }, {}, ['b']],
  [{ nothing: 'x' }, {}, []],
  [{ model: 'a' }, { exclude: true }, ['b', 'ab']],
  [{ model: 'a', tags: 'good' }, { exclude: true }, ['ab']],
  [{ model: 'a', tags: 'good' }, { exclude: true, mode: 'all' }, ['a', 'b', 'ab']],
  [{ model: 'b', tags: 'good' }, { exclude: true, mode: 'all' }, ['a', 'ab']],
])('the filter %j with %j leaves %j', (filter, options, models) => {
  expect(filterConfig(LIST, filter, options).map(({ model }) => model)).toEqual(models)
})
