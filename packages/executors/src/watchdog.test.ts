import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { statfsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MOST_ENTRIES } from './disk-use.ts'
import { watch } from './watchdog.ts'

const { files, ffree } = process.platform === 'linux' ? statfsSync('/') : { files: 0, ffree: 0 }
const isLarge = files - ffree > MOST_ENTRIES
const title =
  'a sandbox that does not stand yet, and still sees the files of the host, is not over the limit of the disk'

test.skipIf(!isLarge)(isLarge ? title : `SKIPPED, the disk of this machine holds too few files: ${title}`, async () => {
  const child = spawn('sleep', ['30'], { stdio: 'ignore' })
  const limits = { memoryBytes: 2 ** 30, processes: 64, diskBytes: 1, bounded: ['/'] }
  const ended = new AbortController()
  const over: string[] = []
  const watching = watch(child.pid ?? 0, limits, { signal: ended.signal, onOver: (limit) => over.push(limit) })
  await Promise.race([watching, delay(500)])
  ended.abort()
  child.kill('SIGKILL')

  expect(over).toEqual([])
})
