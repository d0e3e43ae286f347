import { spawnSync } from 'node:child_process'
import dns from 'node:dns/promises'
import { request } from 'node:https'
import net from 'node:net'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { isLoopback, setTripwire } from './tripwire.ts'

test('a tripwire refuses every way out of the machine, and says which host was meant', async () => {
  const tripwire = setTripwire(isLoopback)
  const problem = /The network is blocked|fetch failed/
  await expect(fetch('https://fetch.example')).rejects.toThrow(problem)
  await expect(fetch('http://192.0.2.1')).rejects.toThrow(problem)
  expect(() => net.connect(80, 'net.example')).toThrow(problem)
  expect(() => net.connect({ port: 80, host: '192.0.2.2' })).toThrow(problem)
  expect(() => request('https://https.example').end()).toThrow(problem)
  await expect(async () => dns.lookup('dns.example')).rejects.toThrow(problem)
  tripwire.remove()
  expect(tripwire.refused).toEqual([
    'fetch.example',
    '192.0.2.1',
    'net.example',
    '192.0.2.2',
    'https.example',
    'dns.example',
  ])
})

test.each([
  {
    program: 'await fetch("https://fetch.example").catch(() => {})',
    exitCode: 1,
    says: 'were to be reached: fetch.example',
  },
  { program: 'console.log("at home")', exitCode: 0, says: '' },
])(
  'a program in front of which the network is blocked ends with $exitCode after $program',
  ({ program, exitCode, says }) => {
    const blocked = pathToFileURL(`${import.meta.dirname}/blocked-network.ts`).href
    const { status, stderr } = spawnSync(process.execPath, [
      '--import',
      blocked,
      '--input-type=module',
      '--eval',
      program,
    ])
    expect(stderr.toString()).toContain(says)
    expect(status).toBe(exitCode)
  },
)
