import { createHash, randomBytes } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { PYTHON_PRELUDE } from './python-prelude.ts'

/** Where the state of a Python that is ready is kept: a process that starts from it needs a tenth of the time. */
export class SnapshotFile {
  readonly path: string

  /** @param version - Pyodide's: each has a file of its own. */
  constructor(folder: string, version: string) {
    const key = createHash('sha256').update(`${version}\n${process.arch}\n${PYTHON_PRELUDE}`).digest('hex').slice(0, 16)
    this.path = join(folder, `pyodide-${version}-${key}.snapshot`)
  }

  get exists(): boolean {
    return existsSync(this.path)
  }

  /** A new name beside it, for a process that makes one. */
  draft(): string {
    return `${this.path}.${randomBytes(6).toString('hex')}`
  }

  /** Takes what a process has made. */
  keep(draft: string): void {
    renameSync(draft, this.path)
  }

  /** Forgets it, as it does not work. */
  forget(): void {
    rmSync(this.path, { force: true })
  }
}

/**
 * The folder for what costs time to make, in the user's own folder of such things. What lies there is trusted, so it
 * must be the user's and nobody else's to write to.
 *
 * @returns The folder, or `undefined` if there can be none.
 */
export function cacheFolder(asked?: string): string | undefined {
  const folder = asked ?? join(systemCaches(), 'conversable')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const stats = lstatSync(folder)
    const isOurs = process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o022) === 0)
    return stats.isDirectory() && isOurs ? folder : undefined
  } catch {
    return undefined
  }
}

function systemCaches(): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches')
  if (process.platform === 'win32') return join(homedir(), 'AppData', 'Local')
  return join(homedir(), '.cache')
}
