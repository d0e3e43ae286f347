import { expect, test } from 'vitest'
import { CallIds } from './call-ids.ts'

test('an id that will do is kept, and its answer has it, too', () => {
  const ids = new CallIds(/^[\w-]{1,40}$/)
  expect([ids.forCall('call_1'), ids.forAnswer('call_1')]).toEqual(['call_1', 'call_1'])
})

test('an id that the provider would refuse is made anew, always the same', () => {
  const [one, other] = [new CallIds(/^[a-zA-Z0-9]{9}$/), new CallIds(/^[a-zA-Z0-9]{9}$/)]
  const given = one.forCall('call_1')
  expect(given).toMatch(/^[a-z0-9]{9}$/)
  expect([one.forAnswer('call_1'), other.forCall('call_1')]).toEqual([given, given])
})

test('an id that comes twice in a prompt is told apart, and each answer goes with the call before it', () => {
  const ids = new CallIds(/^[\w-]{1,40}$/)
  const first = [ids.forCall('1'), ids.forAnswer('1')]
  const second = [ids.forCall('1'), ids.forAnswer('1')]
  expect(first).toEqual(['1', '1'])
  expect(second[0]).not.toBe('1')
  expect(second[1]).toBe(second[0])
})

test('10,000 ids are 10,000 different ids of nine letters and digits', () => {
  const ids = new CallIds(/^[a-z0-9]{9}$/)
  const given = Array.from({ length: 10_000 }, (_value, index) => ids.forCall(`call_${index}`))
  expect(new Set(given).size).toBe(10_000)
})
