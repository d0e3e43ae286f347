import { execFile } from 'node:child_process'
import { chown, mkdir, mkdtemp, readdir, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

/** A folder that programs work in: a fresh one that is deleted in the end, or one that was asked for and is kept. */
export class WorkFolder {
  /** Absolute, with all links resolved. */
  readonly path: string
  /** Whether it was made here, and is deleted here. */
  readonly isOwn: boolean

  private constructor(path: string, isOwn: boolean) {
    this.path = path
    this.isOwn = isOwn
  }

  /** Makes a folder, fresh and for nobody else to see, or at the given path if there is none yet. */
  static async open(path?: string, uid?: number): Promise<WorkFolder> {
    if (path !== undefined) {
      await mkdir(path, { recursive: true })
      return new WorkFolder(await realpath(resolve(path)), false)
    }
    const own = await realpath(await mkdtemp(join(tmpdir(), 'conversable-')))
    if (uid !== undefined) await chown(own, uid, uid)
    return new WorkFolder(own, true)
  }

  /** Whether it is still there. */
  async exists(): Promise<boolean> {
    return (await stat(this.path).catch(() => undefined))?.isDirectory() ?? false
  }

  /** Deletes what is in it. A folder that was asked for is left as it is. */
  async clear(): Promise<void> {
    if (!this.isOwn) return
    const names = await readdir(this.path).catch(() => [])
    for (const name of names) await remove(join(this.path, name))
  }

  /** Deletes it. A folder that was asked for is left as it is. */
  async dispose(): Promise<void> {
    if (this.isOwn) await remove(this.path)
  }
}

/** Deletes a file or a folder with all that is in it, however deep or closed it is. Links are not followed. */
export async function remove(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    if (process.platform === 'win32') throw error
    // Folders that are nested too deep to have a path, or that their owner has closed to himself.
    const run = promisify(execFile)
    await run('chmod', ['-R', 'u+rwx', '--', path]).catch(() => {})
    await run('rm', ['-rf', '--', path])
  }
}

/** Lets a user have a folder with all that is in it. Links are given, not what they lead to. */
export async function giveTo(uid: number, folder: string): Promise<void> {
  await promisify(execFile)('chown', ['-hR', `${uid}:${uid}`, '--', folder])
}
