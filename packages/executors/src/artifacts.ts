import { constants, type BigIntStats } from 'node:fs'
import { lstat, open, opendir, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { CodeExecutorError, type Artifact } from 'conversable'
import { MOST_ENTRIES } from './disk-use.ts'
import { mimeOf } from './mime.ts'

/** What is taken of a folder at the most. */
const MOST_FILES = 200
const MOST_FILE_BYTES = 8 * 1024 * 1024
const MOST_BYTES = 32 * 1024 * 1024
const MOST_DEPTH = 8

/**
 * Finds what a run leaves in a folder. To be asked when no process is left that could change the files.
 *
 * Links, pipes and devices are left out, and so are files of more than 8 MiB, all beyond 200 files or 32 MiB, and what
 * lies deeper than eight folders or behind 20 000 entries.
 */
export class ArtifactCollector {
  readonly #folder: string
  /** By relative path: what was there before. */
  readonly #before = new Map<string, string>()

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Remembers the files that there are now. */
  static async start(folder: string): Promise<ArtifactCollector> {
    const collector = new ArtifactCollector(folder)
    for await (const [path, stats] of filesIn(folder)) collector.#before.set(path, fingerprint(stats))
    return collector
  }

  /** Remembers one more file, as it is now: it came from the host. */
  async except(path: string): Promise<void> {
    this.#before.set(path, fingerprint(await lstat(join(this.#folder, path), { bigint: true })))
  }

  /**
   * The files that are new or changed, by path. Their bytes are read when asked for; that fails once the file has
   * changed or is gone.
   */
  async collect(): Promise<Artifact[]> {
    const artifacts: Artifact[] = []
    let bytes = 0
    for await (const [path, stats] of filesIn(this.#folder)) {
      const size = Number(stats.size)
      const seen = fingerprint(stats)
      if (this.#before.get(path) === seen || size > MOST_FILE_BYTES || bytes + size > MOST_BYTES) continue
      const artifact = await artifactOf(this.#folder, path, seen).catch(() => undefined)
      if (!artifact) continue
      bytes += size
      artifacts.push(artifact)
      if (artifacts.length === MOST_FILES) break
    }
    return artifacts.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  }
}

async function* filesIn(folder: string): AsyncGenerator<readonly [path: string, stats: BigIntStats]> {
  let entries = 0
  for (const waiting = [{ path: '', depth: 0 }]; waiting.length > 0;) {
    const { path, depth } = waiting.shift() ?? { path: '', depth: 0 }
    const listing = await opendir(join(folder, path)).catch(() => undefined)
    for await (const { name } of listing ?? []) {
      entries += 1
      if (entries > MOST_ENTRIES) return
      const child = path === '' ? name : `${path}/${name}`
      const stats = await lstat(join(folder, child), { bigint: true }).catch(() => undefined)
      if (stats?.isDirectory() && depth + 1 < MOST_DEPTH) waiting.push({ path: child, depth: depth + 1 })
      if (stats?.isFile()) yield [child, stats]
    }
  }
}

/** Which file it is, and its state: a file that takes its place is another. */
function fingerprint({ dev, ino, size, mtimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs].join(':')
}

async function artifactOf(folder: string, path: string, seen: string): Promise<Artifact> {
  const file = await openSafely(folder, path, seen)
  try {
    const stats = await file.stat()
    // Nobody is to run with somebody else's rights what a program has left.
    if ((stats.mode & 0o6000) !== 0) await file.chmod(stats.mode & 0o777)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
    const mime = mimeOf(path, buffer.subarray(0, bytesRead))
    const artifact = { path, mime, size: stats.size, origin: 'file', file: join(folder, path) } as const
    return { ...artifact, read: () => readArtifact(folder, path, seen) }
  } finally {
    await file.close()
  }
}

async function readArtifact(folder: string, path: string, seen: string): Promise<Uint8Array> {
  const file = await openSafely(folder, path, seen)
  try {
    return new Uint8Array(await file.readFile())
  } finally {
    await file.close()
  }
}

/** Opens a file without following a link or waiting for a pipe, and only if it is the very file that was seen. */
async function openSafely(folder: string, path: string, seen: string): Promise<FileHandle> {
  // Windows knows neither of the last two.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK }: Partial<typeof constants> = constants
  let file: FileHandle | undefined
  try {
    file = await open(join(folder, path), (O_RDONLY ?? 0) | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0))
    const stats = await file.stat({ bigint: true })
    if (stats.isFile() && fingerprint(stats) === seen) return file
    throw new Error('it is not the file any more that it was.')
  } catch (error) {
    await file?.close()
    const problem = error instanceof Error ? error.message : String(error)
    throw new CodeExecutorError(
      `The artifact ${JSON.stringify(path)} cannot be read: ${problem} Read artifacts before the next run, restart or disposal.`,
      { retryable: false, cause: error },
    )
  }
}
