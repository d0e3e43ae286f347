/** A file or folder of an archive. */
export interface TarEntry {
  /** Relative, with no way out: no empty part, no `.` and no `..`. */
  readonly path: string
  /** The bytes of a file; nothing for a folder. */
  readonly content?: Buffer
  /** Whether its owner may execute it. */
  readonly executable: boolean
}

const BLOCK = 512
const MOST_ENTRIES = 20_000
const MOST_DEPTH = 32

/**
 * The files and folders of an archive as `tar` writes it. A program may have had its hands on it: what is no plain
 * file or folder is left out, and reading ends where the archive makes no sense.
 */
export function* entriesOf(archive: Buffer): Generator<TarEntry> {
  let longName: string | undefined
  let count = 0
  for (let at = 0; at + BLOCK <= archive.length && count < MOST_ENTRIES; count += 1) {
    const header = archive.subarray(at, at + BLOCK)
    const size = octal(header.subarray(124, 136))
    if (header[0] === 0 || size === undefined || at + BLOCK + size > archive.length) return
    const content = archive.subarray(at + BLOCK, at + BLOCK + size)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    const type = String.fromCharCode(header[156] ?? 0)
    if (type === 'L') {
      longName = text(content)
      continue
    }
    const path = pathOf(longName ?? text(header.subarray(0, 100)))
    longName = undefined
    if (path === undefined) continue
    const executable = ((octal(header.subarray(100, 108)) ?? 0) & 0o100) !== 0
    if (type === '5') yield { path, executable }
    if (type === '0' || type === '\0') yield { path, content, executable }
  }
}

function text(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end)
}

function octal(bytes: Buffer): number | undefined {
  const digits = text(bytes).trim()
  return /^[0-7]{1,11}$/.test(digits) ? parseInt(digits, 8) : undefined
}

function pathOf(name: string): string | undefined {
  const parts = name.replace(/^\.\//, '').replace(/\/$/, '').split('/')
  const isPlain = (part: string): boolean =>
    part !== '' && part !== '.' && part !== '..' && Buffer.byteLength(part) < 256 && !part.includes('\uFFFD')
  return parts.length <= MOST_DEPTH && parts.every(isPlain) ? parts.join('/') : undefined
}
