import { execFile } from 'node:child_process'
import { lstat, readdir } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CodeExecutorError, type ExecutionLimits } from 'conversable'
import { makeFolders, writeInto } from '../code-file.ts'
import type { CommandSandbox, SandboxCommand } from '../command-sandbox.ts'
import { findPrograms } from '../find-program.ts'
import { runProcess, type ProcessEnd, type ProcessWatch } from '../process-run.ts'
import type { Watched } from '../watchdog.ts'
import { programEnvironment } from '../program-environment.ts'
import { remove } from '../work-folder.ts'
import type { Place } from '../workplace.ts'
import { BOUNDED_FOLDERS, FULL, READY, sandboxArguments, wrapped } from './arguments.ts'
import { seccompFilter } from './seccomp.ts'
import { entriesOf } from './tar.ts'

/** What all runs of a sandbox share. */
export interface SandboxOptions extends Place {
  /** Whether programs work on a copy of the folder in memory. */
  readonly copy: boolean
  /** Files and folders that all programs see at their own paths. Default: none. */
  readonly readable?: readonly string[]
  /** Variables of all programs. */
  readonly env?: Readonly<Record<string, string>>
}

/** Where programs are looked for. */
export const PATH = '/usr/local/bin:/usr/bin:/bin'

/** Starts programs with `bwrap`, each in namespaces of its own. */
export class Sandbox implements CommandSandbox {
  readonly #options: SandboxOptions
  readonly #bwrap: string
  readonly #canDisableUserns: boolean
  readonly #filter = seccompFilter()

  private constructor(options: SandboxOptions, bwrap: string, canDisableUserns: boolean) {
    this.#options = options
    this.#bwrap = bwrap
    this.#canDisableUserns = canDisableUserns
  }

  /** @throws CodeExecutorError when there is no `bwrap`. */
  static async find(options: SandboxOptions): Promise<Sandbox> {
    const [bwrap] = findPrograms('bwrap')
    if (process.platform !== 'linux') throw unusable(`bubblewrap is for Linux, and this is ${process.platform}.`)
    if (bwrap === undefined) {
      throw unusable('The program bwrap is not installed. Install it, on Debian with: apt-get install bubblewrap')
    }
    const { stdout } = await promisify(execFile)(bwrap, ['--help'], { env: {} })
    return new Sandbox(options, bwrap, stdout.includes('--disable-userns'))
  }

  /** What is to be looked at while a program runs. */
  watchedBy(limits: ExecutionLimits): Watched {
    const { folder, inside, copy } = this.#options
    return {
      ...limits,
      bounded: copy ? [inside, ...BOUNDED_FOLDERS] : BOUNDED_FOLDERS,
      ...(!copy && { folder: folder.path }),
    }
  }

  /**
   * Runs a command, and takes over what it left in its copy of the folder.
   *
   * @throws CodeExecutorError when the sandbox does not come to stand, or its limits do not take.
   */
  async run(request: SandboxCommand, watch: ProcessWatch): Promise<ProcessEnd> {
    const { folder, inside, copy, uid } = this.#options
    const { command, limits, env, stdin, addressRoomBytes, sockets, unwatched = false } = request
    const filter = this.#filter
    const readable = [...new Set([...(this.#options.readable ?? []), ...(request.readable ?? [])])]
    const parts = { folder: folder.path, inside, copy, readable, sockets, canDisableUserns: this.#canDisableUserns }
    const words: string[] = []
    const end = await runProcess(
      {
        command: this.#bwrap,
        args: [
          ...sandboxArguments({ ...parts, hasFilter: filter !== undefined }, limits),
          ...wrapped(command, limits, { copy, inside, release: release(), addressRoomBytes }),
        ],
        cwd: '/',
        env: { ...programEnvironment(inside, PATH), ...this.#options.env, ...env },
        ...(stdin !== undefined && { stdin }),
        ...(uid !== undefined && { uid }),
        ...(filter !== undefined && { fourth: filter }),
        thirdMaxBytes: archiveRoom(limits),
        reaps: true,
      },
      {
        ...watch,
        ...(!unwatched && { watched: this.watchedBy(limits) }),
        onOutput: (stream, text) => {
          if (stream === 'stderr' && words.length < 20) words.push(text)
          return watch.onOutput(stream, text)
        },
      },
    )
    const stands = end.third.toString('latin1', 0, READY.length) === READY
    if (!stands && copy && end.exitCode === FULL) return { ...end, exitCode: 137, reason: 'disk' }
    if (!stands && end.reason === undefined) throw notStanding(words.join('').trim(), end.exitCode)
    if (copy && end.third.length > READY.length) await takeOver(end.third.subarray(READY.length), this.#options, limits)
    return end
  }
}

/** How long the archive of a full folder may be: each entry has a header and is padded. */
function archiveRoom({ diskBytes }: ExecutionLimits): number {
  return diskBytes + 32 * 1024 * 1024
}

/** Makes the folder on the host as the program left its copy, up to the limit. */
async function takeOver(
  archive: Buffer,
  { folder, uid }: SandboxOptions,
  { diskBytes }: Pick<ExecutionLimits, 'diskBytes'>,
): Promise<void> {
  const entries = [...entriesOf(archive)]
  // An archive without any file may be one that was broken: nothing is deleted for it.
  if (entries.length === 0) return
  await removeOthers(folder.path, '', new Map(entries.map(({ path, content }) => [path, content ? 'file' : 'folder'])))
  let bytes = 0
  for (const { path, content, executable } of entries) {
    if (!content) {
      await makeFolders(folder.path, path, uid)
      continue
    }
    bytes += Math.ceil(content.length / PAGE) * PAGE
    if (bytes > diskBytes) continue
    await writeInto(folder.path, {
      name: path,
      content,
      mode: executable ? 0o700 : 0o600,
      ...(uid !== undefined && { uid }),
      checked: true,
      onlyIfChanged: true,
    })
  }
}

/** In what pieces a file system in memory gives room. */
const PAGE = 4096

async function removeOthers(folder: string, path: string, kept: ReadonlyMap<string, 'file' | 'folder'>): Promise<void> {
  for (const name of await readdir(join(folder, path))) {
    const child = path === '' ? name : `${path}/${name}`
    const kind = (await lstat(join(folder, child))).isDirectory() ? 'folder' : 'file'
    if (kept.get(child) !== kind) await remove(join(folder, child))
    else if (kind === 'folder') await removeOthers(folder, child, kept)
  }
}

function notStanding(words: string, exitCode: number): CodeExecutorError {
  return unusable(
    `The bubblewrap sandbox did not come to stand (exit code ${exitCode}): ${words || 'a limit did not take.'} ` +
      'In a container, user namespaces may be shut off; createCodeExecutor() finds an executor that works.',
  )
}

function unusable(message: string): CodeExecutorError {
  return new CodeExecutorError(message, { retryable: false })
}
