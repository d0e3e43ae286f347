import { createHash, randomBytes } from 'node:crypto'
import { chmod, chown, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CodeBlock } from 'conversable'
import { isFileName } from './file-name.ts'

/** A file that is to stand in a folder. */
export interface FileToWrite {
  /** Relative to the folder; see {@link isFileName}. */
  readonly name: string
  readonly content: string | Uint8Array
  /** Whom it belongs to. Default: whoever runs the host. */
  readonly uid?: number
  /** Default: readable and writable for its owner. */
  readonly mode?: number
  /** Whether the name is known to be a relative path with no way out, of whatever characters. */
  readonly checked?: boolean
  /** Whether a file that has this content already is left as it is. */
  readonly onlyIfChanged?: boolean
}

/** The name that a block is saved under: the one it asks for, or one made of its text, so that one text has one file. */
export function codeFileName({ code, filename }: CodeBlock, extension: string): string {
  return filename?.replace(/^(?:\.\/)+/, '') ?? `tmp_code_${createHash('md5').update(code).digest('hex')}.${extension}`
}

/**
 * Writes a file into a folder in which programs may have planted anything. The text goes to a new file of a random
 * name, which then takes the place of whatever has the name: a link there is replaced, not followed.
 *
 * @returns Whether it was written: not, if the name leads out of the folder, by itself or through a link.
 */
export async function writeInto(folder: string, file: FileToWrite): Promise<boolean> {
  const { name, content, uid, mode = 0o600, checked = false, onlyIfChanged = false } = file
  if (!checked && !isFileName(name)) return false
  if (!(await makeFolders(folder, dirname(name), uid))) return false
  const target = join(folder, name)
  if (onlyIfChanged && (await holds(target, content))) return true
  const fresh = join(dirname(target), `.${randomBytes(8).toString('hex')}.new`)
  try {
    await writeFile(fresh, content, { flag: 'wx', mode })
    if (uid !== undefined) await chown(fresh, uid, uid)
    // What the mode is is not left to the mask of the process.
    await chmod(fresh, mode)
    await rename(fresh, target)
    return true
  } catch (error) {
    await rm(fresh, { force: true })
    // A folder has the name.
    if (['EISDIR', 'ENOTEMPTY', 'EEXIST'].includes(String((error as { code?: unknown }).code))) return false
    throw error
  }
}

async function holds(path: string, content: string | Uint8Array): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined)
  if (!stats?.isFile() || stats.size !== Buffer.byteLength(content)) return false
  return (await readFile(path)).equals(Buffer.from(content))
}

/** Makes a folder in a folder, and those above it. Gives whether all of them are folders now, and no links to some. */
export async function makeFolders(folder: string, name: string, uid?: number): Promise<boolean> {
  let path = folder
  for (const part of name === '.' ? [] : name.split('/')) {
    path = join(path, part)
    const found = await lstat(path).catch(() => undefined)
    if (found && !found.isDirectory()) return false
    if (found) continue
    await mkdir(path, { mode: 0o700 })
    if (uid !== undefined) await chown(path, uid, uid)
  }
  return true
}
