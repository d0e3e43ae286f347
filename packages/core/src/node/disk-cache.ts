import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { checkOptions } from '../check-options.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { ModelCache } from '../ports/model-cache.ts'
import { quote } from '../util/quote.ts'

/** Where answers are kept, and which. */
export interface DiskCacheOptions {
  /** Made when the first answer is written, with everything above it. Default `.cache/conversable`. */
  readonly folder?: string
  /** With another seed the same questions are new ones. Default 41, as AutoGen's `cache_seed`. */
  readonly seed?: string | number
}

/**
 * Keeps answers of models in files, one each, for as long as the files are there. They hold the answers and not what was
 * asked; only their owner may read them.
 *
 * Several programs may use one folder at once: a file is written under a name of its own, and then renamed.
 */
export function diskCache(options: DiskCacheOptions = {}): ModelCache {
  checkOptions('a diskCache', options, ['folder', 'seed'])
  const { folder = join('.cache', 'conversable'), seed = 41 } = options
  if (typeof folder !== 'string' || folder === '') {
    throw new ConfigurationError('invalid-option', `A diskCache has ${quote(folder)} as folder. Give a path.`)
  }
  return {
    seed,
    pending: new Map(),
    get: (key) => read(pathOf(folder, key)),
    set: (key, answer) => write(folder, pathOf(folder, key), answer),
  }
}

function pathOf(folder: string, key: string): string {
  if (!/^[0-9a-f]{64}$/.test(key)) throw new TypeError(`${quote(key)} is no key of a cache.`)
  return join(folder, `${key}.json`)
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function write(folder: string, path: string, answer: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = join(folder, `${randomUUID()}.tmp`)
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(answer)
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
