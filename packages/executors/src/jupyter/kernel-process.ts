import type { ExecutionLimits } from 'conversable'
import type { Sandbox } from '../bubblewrap/sandbox.ts'
import type { SandboxCommand } from '../command-sandbox.ts'
import type { StartedProcess } from '../process-run.ts'
import { descendants, killAll, pause, resume } from '../process-tree.ts'
import { watch } from '../watchdog.ts'
import type { WatchOptions } from './kernel.ts'

/** The program of a kernel in a sandbox, with all that it starts. */
export class KernelProcess {
  /** Done when nothing of it is left, with its exit code; never fails. */
  readonly ended: Promise<number>
  readonly #sandbox: Sandbox
  readonly #stop = new AbortController()
  #started: StartedProcess | undefined
  #words = ''
  #isEnded = false
  /** The kernel itself and what stands around it. */
  #own: readonly number[] = []

  constructor(sandbox: Sandbox, request: Omit<SandboxCommand, 'unwatched'>) {
    this.#sandbox = sandbox
    const onOutput = (_stream: string, text: string): boolean => {
      this.#words = (this.#words + text).slice(-2000)
      return false
    }
    const onStart = (started: StartedProcess): void => void (this.#started = started)
    this.ended = sandbox
      .run({ ...request, unwatched: true }, { signal: this.#stop.signal, onOutput, onStart })
      .then(({ exitCode }) => exitCode)
      .catch((error: unknown) => {
        this.#words += error instanceof Error ? error.message : String(error)
        return 1
      })
      .finally(() => (this.#isEnded = true))
  }

  get #pid(): number {
    // Without a process there is nothing below it.
    return this.#started?.pid ?? 0
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  /** The last of what it wrote past the kernel's own ways. */
  get words(): string {
    return this.#words.trim()
  }

  /** Takes what runs now for the kernel itself, which {@link endChildren} leaves alone. The host may end without it. */
  settle(): void {
    this.#started?.hold(false)
    this.#own = descendants(this.#pid)
  }

  async pause(): Promise<void> {
    if (!this.#isEnded) await pause(this.#pid)
  }

  resume(): void {
    if (!this.#isEnded) resume(this.#pid)
  }

  watch(limits: ExecutionLimits, options: WatchOptions): void {
    if (!this.#isEnded) void watch(this.#pid, this.#sandbox.watchedBy(limits), options)
  }

  endChildren(): void {
    if (!this.#isEnded) killAll(descendants(this.#pid).filter((pid) => !this.#own.includes(pid)))
  }

  async end(): Promise<void> {
    this.#started?.hold(true)
    this.#stop.abort()
    await this.ended
  }
}
