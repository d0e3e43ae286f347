import { afterAll, expect } from 'vitest'
import { isLoopback, setTripwire } from './tripwire.ts'

// Before each file of tests: no test needs a key of a model, or reaches another machine.
for (const name of Object.keys(process.env)) if (name.endsWith('_API_KEY')) delete process.env[name]

const tripwire = setTripwire(isLoopback)

afterAll(() => {
  tripwire.remove()
  expect(tripwire.refused).toEqual([])
})
