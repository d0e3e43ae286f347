import { spawn, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { SandboxRuntimeConfig } from '@anthropic-ai/sandbox-runtime'
import { CodeExecutorError } from 'conversable'
import { killAll } from '../process-tree.ts'
import type { Answer, Request } from './messages.ts'

const CHILD = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './keeper-child.ts' : './keeper-child.js', import.meta.url),
)

/** How long it may take to start, and to end. */
const START_MS = 30_000
const END_MS = 3000

/** Where the keeper of a manager runs. */
export interface KeeperOptions {
  /** Where it puts its sockets, and works. */
  readonly folder: string
  readonly uid: number | undefined
  readonly config: SandboxRuntimeConfig
}

/** A manager of sandbox-runtime in a process of its own. */
export class Keeper {
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  readonly #waiting = new Map<number, PromiseWithResolvers<string | undefined>>()
  readonly #ready = Promise.withResolvers<string>()
  #words = ''
  #lastId = 0

  private constructor({ folder, uid }: KeeperOptions) {
    this.#child = spawn(process.execPath, [CHILD], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder, CLAUDE_CODE_TMPDIR: '/tmp' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      ...(uid !== undefined && { uid, gid: uid }),
      // What is typed at the terminal is not for it.
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
    const gone = Promise.withResolvers<void>()
    this.#exited = gone.promise
    this.#child.once('exit', () => gone.resolve())
    this.#child.once('error', (error) => {
      this.#words += error.message
      gone.resolve()
    })
    this.#child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.#words = (this.#words + text).slice(-2000)))
    this.#child.on('message', (answer: Answer) => this.#take(answer))
    void this.#exited.then(() => this.#fail(`its process has ended. ${this.#words.trim()}`))
    // The errors are those of whoever waits.
    this.#ready.promise.catch(() => {})
  }

  /**
   * Starts one. Gives it, and the folder of the package.
   *
   * @throws CodeExecutorError when the package is missing, or something that it needs.
   */
  static async start(options: KeeperOptions): Promise<{ readonly keeper: Keeper; readonly packageFolder: string }> {
    const keeper = new Keeper(options)
    const timer = setTimeout(() => keeper.#fail(`it did not start within ${START_MS / 1000} seconds.`), START_MS)
    try {
      keeper.#say({ type: 'start', config: options.config })
      const packageFolder = await keeper.#ready.promise
      keeper.#hold(false)
      return { keeper, packageFolder }
    } catch (error) {
      await keeper.close()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  /**
   * The line for a shell that runs a command in the sandbox. Say {@link ended} when it has ended.
   *
   * @returns Nothing if the signal comes first.
   * @throws CodeExecutorError
   */
  async wrap(
    command: string,
    filesystem: SandboxRuntimeConfig['filesystem'],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    this.#lastId += 1
    const id = this.#lastId
    const answer = Promise.withResolvers<string | undefined>()
    const giveUp = (): void => answer.resolve(undefined)
    this.#waiting.set(id, answer)
    this.#hold(true)
    signal.addEventListener('abort', giveUp, { once: true })
    if (signal.aborted) giveUp()
    this.#say({ type: 'wrap', id, command, filesystem })
    try {
      return await answer.promise
    } finally {
      signal.removeEventListener('abort', giveUp)
      this.#waiting.delete(id)
      this.#hold(this.#waiting.size > 0)
    }
  }

  ended(): void {
    this.#say({ type: 'ended' })
  }

  /** Ends it, with its proxies. */
  async close(): Promise<void> {
    const { pid } = this.#child
    this.#hold(true)
    if (this.#child.connected) this.#child.disconnect()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_MS)
    await this.#exited
    clearTimeout(timer)
    // Its group is its own: what it left behind is in it.
    if (pid !== undefined && process.platform !== 'win32') killAll([-pid])
  }

  /** Says whether the host is to stay for its sake. */
  #hold(isHeld: boolean): void {
    const { stderr, channel } = this.#child
    // Standard error is a socket.
    for (const handle of [this.#child, stderr as Socket | null, channel]) handle?.[isHeld ? 'ref' : 'unref']()
  }

  #say(request: Request): void {
    // One that has ended fails all that waits for it.
    if (this.#child.connected) this.#child.send(request, () => {})
    else this.#fail(`its process has ended. ${this.#words.trim()}`)
  }

  #take(answer: Answer): void {
    if (answer.type === 'ready') return this.#ready.resolve(answer.folder)
    const waiting = this.#waiting.get(answer.id ?? 0)
    // One that nobody waits for any more is not run.
    if (answer.type === 'wrapped') return waiting ? waiting.resolve(answer.command) : this.ended()
    if (answer.id === undefined) this.#fail(answer.problem)
    else waiting?.reject(unusable(answer.problem))
  }

  #fail(problem: string): void {
    const error = unusable(problem)
    this.#ready.reject(error)
    for (const waiting of this.#waiting.values()) waiting.reject(error)
    this.#waiting.clear()
  }
}

function unusable(problem: string): CodeExecutorError {
  const isMissing = problem.includes(`Cannot find package`)
  const advice = isMissing ? ' Run: npm install @anthropic-ai/sandbox-runtime@0.0.83' : ''
  return new CodeExecutorError(`sandbox-runtime gives no sandbox: ${problem}${advice}`, { retryable: false })
}
