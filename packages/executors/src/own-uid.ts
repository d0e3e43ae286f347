import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { CodeExecutorError } from 'conversable'

/** Numbers that systems give to nobody, and, where these are not there, some that they seldom give. */
const RANGES = Object.freeze([
  { from: 0x6000_0000, to: 0x6fff_ffff },
  { from: 40_000, to: 59_999 },
])

const taken = new Set<number>()

/**
 * A user id that nobody else has, for one sandbox of a host that runs as root; nothing where the host runs as an
 * ordinary user, whose id the sandbox then has. Give it back with {@link releaseUid}.
 *
 * @throws CodeExecutorError when there is none: nothing may then run, as code of the root user could change the kernel.
 */
export function ownUid(): number | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const { from, to } of RANGES.filter(isMapped)) {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const uid = randomInt(from, to)
      if (taken.has(uid) || isInPasswd(uid)) continue
      taken.add(uid)
      return uid
    }
  }
  const message =
    'Code cannot be run as root, and in this container there are no other user ids to change to. Run as an ordinary user.'
  throw new CodeExecutorError(message, { retryable: false })
}

/** Says that a sandbox is gone. */
export function releaseUid(uid: number | undefined): void {
  if (uid !== undefined) taken.delete(uid)
}

/** Whether the user namespace of the host, which may be that of a container, has these numbers. */
function isMapped({ from, to }: { readonly from: number; readonly to: number }): boolean {
  const rows = readFileSync('/proc/self/uid_map', 'utf8').trim().split('\n')
  return rows.some((row) => {
    const [first = 0, , count = 0] = row.trim().split(/\s+/).map(Number)
    return first <= from && to < first + count
  })
}

function isInPasswd(uid: number): boolean {
  try {
    return readFileSync('/etc/passwd', 'utf8').includes(`:${uid}:`)
  } catch {
    return false
  }
}
