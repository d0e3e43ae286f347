import { existsSync, readdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'
import type { SandboxRuntimeConfig } from '@anthropic-ai/sandbox-runtime'
import { CodeExecutorError } from 'conversable'
import { programEnvironment } from '../program-environment.ts'
import { ETC, READY, SYSTEM_FOLDERS, wrapped } from '../bubblewrap/arguments.ts'
import type { CommandSandbox, SandboxCommand } from '../command-sandbox.ts'
import { endedBy, runProcess, type ProcessEnd, type ProcessWatch } from '../process-run.ts'
import { WorkFolder } from '../work-folder.ts'
import type { Place } from '../workplace.ts'
import { Keeper } from './keeper.ts'
import { proxyCommands } from './proxy-environment.ts'

const IS_MAC = process.platform === 'darwin'
const PATH = IS_MAC ? '/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin' : '/usr/local/bin:/usr/bin:/bin'
/** What programs may not read: everything, to begin with. */
const DENIED = ['/', ...(IS_MAC ? [] : ['/sys'])]
/** What programs may read on a Mac. */
const MAC_FOLDERS = Object.freeze([
  '/usr',
  '/bin',
  '/sbin',
  '/System',
  '/Library',
  '/opt/homebrew',
  '/dev',
  '/private/etc/ssl',
  '/private/var/db/timezone',
  '/private/var/select',
])

/** As long as a timer can wait. */
const MOST_MS = 2 ** 31 - 1

/** Starts programs by sandbox-runtime: in namespaces on Linux, by Seatbelt on macOS. */
export class RuntimeSandbox implements CommandSandbox {
  readonly #place: Place
  readonly #keeper: Keeper
  /** The keeper's own folder. */
  readonly #home: WorkFolder
  readonly #readable: readonly string[]
  /** The folders in whose place there is an empty one, in memory. */
  readonly #emptied: readonly string[]
  readonly #allowed: readonly string[]

  private constructor(place: Place, kept: Kept, allowed: readonly string[]) {
    this.#place = place
    this.#keeper = kept.keeper
    this.#home = kept.home
    // The program in front of every command is in it, and what lets Java find the proxy.
    this.#readable = [...systemPaths(), join(kept.packageFolder, 'vendor')].filter((path) => existsSync(path))
    this.#emptied = IS_MAC ? [] : emptiedFolders([...this.#readable, place.folder.path])
    this.#allowed = allowed
  }

  /**
   * @param allowed - The hosts that programs may reach.
   * @throws CodeExecutorError when sandbox-runtime, or something that it needs, is not there.
   */
  static async start(place: Place, allowed: readonly string[]): Promise<RuntimeSandbox> {
    const home = await WorkFolder.open(undefined, place.uid)
    try {
      const config: SandboxRuntimeConfig = {
        network: { allowedDomains: [...allowed], deniedDomains: [] },
        filesystem: { denyRead: DENIED, allowRead: [], allowWrite: [], denyWrite: [] },
      }
      const kept = await Keeper.start({ folder: home.path, uid: place.uid, config })
      if (IS_MAC) await mkdir(join(home.path, 'tmp'))
      return new RuntimeSandbox(place, { ...kept, home }, allowed)
    } catch (error) {
      await home.dispose()
      throw error
    }
  }

  async run(request: SandboxCommand, watch: ProcessWatch): Promise<ProcessEnd> {
    const { folder, inside, uid } = this.#place
    const { limits, env, stdin, readable = [] } = request
    const { timeoutMs = MOST_MS } = watch
    const began = performance.now()
    const late = AbortSignal.timeout(Math.ceil(timeoutMs))
    const filesystem = {
      denyRead: DENIED,
      allowRead: [...this.#readable, ...readable, folder.path],
      allowWrite: [folder.path, ...(IS_MAC ? [this.#temporary()] : [])],
      denyWrite: [],
    }
    const line = await this.#keeper.wrap(this.#innerLine(request), filesystem, AbortSignal.any([watch.signal, late]))
    if (line === undefined) return endedBy(watch.signal.aborted ? 'aborted' : 'timeout', Buffer.alloc(0))
    let words = ''
    try {
      const end = await runProcess(
        {
          command: '/bin/sh',
          args: ['-c', `exec ${line}`],
          cwd: folder.path,
          env: { ...programEnvironment(inside, PATH), ...env },
          ...(stdin !== undefined && { stdin }),
          ...(uid !== undefined && { uid }),
          thirdMaxBytes: 1024,
          reaps: !IS_MAC,
        },
        {
          ...watch,
          timeoutMs: Math.max(0, timeoutMs - (performance.now() - began)),
          watched: { ...limits, folder: folder.path, unbounded: this.#emptied },
          onOutput: (stream, text) => {
            if (stream === 'stderr' && words.length < 2000) words += text
            return watch.onOutput(stream, text)
          },
        },
      )
      const stands = end.third.toString('latin1', 0, READY.length) === READY
      if (!stands && end.reason === undefined) throw notStanding(words.trim(), end.exitCode)
      return end
    } finally {
      this.#keeper.ended()
    }
  }

  async close(): Promise<void> {
    await this.#keeper.close()
    await this.#home.dispose()
  }

  /** What is run inside: folders that have to be there, the limits, the program. */
  #innerLine({ command, limits, addressRoomBytes }: SandboxCommand): string {
    const { inside } = this.#place
    const temporary = this.#temporary()
    const words = wrapped(command, limits, {
      copy: false,
      inside,
      release: release(),
      addressRoomBytes,
      isAlone: false,
    })
    const line = words.map(quoted).join(' ')
    const proxy = proxyCommands(this.#allowed, !IS_MAC)
    // What is written there is gone with the sandbox: a program is told so at once.
    const closed = this.#emptied.filter((path) => path !== temporary && path !== '/dev')
    const close = closed.length === 0 ? '' : `chmod a-w ${closed.map(quoted).join(' ')} 2>/dev/null; `
    return `mkdir -p ${quoted(temporary)}; ${close}${proxy}export TMPDIR=${quoted(temporary)}; exec ${line}`
  }

  #temporary(): string {
    return IS_MAC ? join(this.#home.path, 'tmp') : '/tmp'
  }
}

interface Kept {
  readonly keeper: Keeper
  readonly packageFolder: string
  readonly home: WorkFolder
}

function systemPaths(): readonly string[] {
  return IS_MAC ? MAC_FOLDERS : [...SYSTEM_FOLDERS, ...ETC.map((name) => `/etc/${name}`)]
}

function emptiedFolders(shown: readonly string[]): string[] {
  const folders = readdirSync('/', { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const paths = folders.map(({ name }) => `/${name}`)
  return paths.filter((path) => path !== '/proc' && !shown.includes(path))
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}

function notStanding(words: string, exitCode: number): CodeExecutorError {
  return new CodeExecutorError(
    `The sandbox of sandbox-runtime did not come to stand (exit code ${exitCode}): ${words || 'a limit did not take.'}`,
    { retryable: false },
  )
}
