import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { CodeExecutorError, type ExecutionEnd } from 'conversable'
import { killAll } from '../process-tree.ts'
import { watch } from '../watchdog.ts'
import type { DenoCommand } from './deno-command.ts'
import type { FolderChanges } from './folder-files.ts'
import { addPiece, FrameReader, framesOf, lineOf, type ChildFrame, type HostFrame, type Job } from './frames.ts'

/** A program for a kept Python. */
export interface PythonTurn {
  readonly job: Job
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly onOutput: (stream: 'stdout' | 'stderr', text: string) => boolean
}

/** How a program ended. */
export interface PythonEnd extends FolderChanges {
  readonly exitCode: number
  readonly reason?: ExecutionEnd
}

/** What the engine itself takes of memory, its files included. */
const ENGINE_BYTES = 320 * 1024 * 1024

/** A process with a Python in it that runs one program after the other, for as long as none has touched the process. */
export class PythonProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #gone: Promise<void>
  readonly #waiting = new Set<() => void>()
  #ready = false
  #usable = true
  #killed = false
  #problem: string | undefined
  #complaint = ''
  #onFrame: (frame: ChildFrame) => void = () => {}

  constructor({ command, args, env }: DenoCommand) {
    this.#child = spawn(command, args, {
      env,
      stdio: 'pipe',
      // A session of its own: no terminal that it could write to.
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
    const { stdin, stdout, stderr } = this.#child
    const reader = new FrameReader((frame) => this.#receive(frame))
    stdout.setEncoding('utf8').on('data', (text: string) => reader.push(text))
    stderr.setEncoding('utf8').on('data', (text: string) => (this.#complaint = (this.#complaint + text).slice(-2000)))
    // A process that has ended reads no more; that it has is seen elsewhere.
    stdin.on('error', () => {})
    this.#gone = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#problem = error.message
        this.#lose(resolve)
      })
      this.#child.once('close', () => this.#lose(resolve))
    })
  }

  /** Whether it can run another program. */
  get isUsable(): boolean {
    return this.#usable
  }

  /** Whether it has ended without being asked to. */
  get hasFailed(): boolean {
    return !this.#usable && !this.#killed
  }

  /** Waits until it is ready. Gives whether it is: not, if it has ended. */
  async whenReady(): Promise<boolean> {
    while (this.#usable && !this.#ready) await new Promise<void>((resolve) => void this.#waiting.add(resolve))
    return this.#usable
  }

  /**
   * Runs a program, and waits for the engine before that.
   *
   * @throws CodeExecutorError when the process ends by itself.
   */
  async run(turn: PythonTurn): Promise<PythonEnd> {
    this.#hold(true)
    const run = new PythonRun(turn, () => this.#kill())
    const over = new AbortController()
    const abort = (): void => run.stop('aborted')
    const timer = setTimeout(() => run.stop('timeout'), turn.timeoutMs)
    turn.signal.addEventListener('abort', abort, { once: true })
    if (turn.signal.aborted) abort()
    try {
      if (await this.whenReady()) {
        this.#guardMemory(turn, run, over.signal)
        this.#ready = false
        this.#onFrame = (frame) => run.receive(frame)
        for (const [name, bytes] of turn.files) for (const frame of framesOf(name, bytes)) this.#send(frame)
        this.#send(['run', turn.job])
        await Promise.race([run.ended, this.#gone])
      }
      if (run.touched) await this.end()
      const end = run.result()
      if (end) return end
      await this.end()
      throw this.#lost()
    } finally {
      clearTimeout(timer)
      over.abort()
      turn.signal.removeEventListener('abort', abort)
      this.#onFrame = () => {}
      if (!this.#usable || run.reason !== undefined) await this.end()
      this.#hold(false)
    }
  }

  /** Ends it, and waits until it is gone. */
  async end(): Promise<void> {
    this.#hold(true)
    this.#kill()
    await this.#gone
  }

  #guardMemory({ job }: PythonTurn, run: PythonRun, signal: AbortSignal): void {
    const { pid } = this.#child
    const limits = { memoryBytes: job.memoryBytes + ENGINE_BYTES, processes: 64, diskBytes: Infinity }
    if (pid !== undefined) void watch(pid, limits, { signal, onOver: (limit) => run.stop(limit) })
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  #receive(frame: ChildFrame): void {
    if (frame[0] === 'ready') {
      this.#ready = true
      this.#wake()
    } else this.#onFrame(frame)
  }

  #send(frame: HostFrame): void {
    this.#child.stdin.write(lineOf(frame))
  }

  #kill(): void {
    this.#killed ||= this.#usable
    this.#usable = false
    this.#wake()
    const { pid } = this.#child
    if (pid === undefined) return
    if (process.platform === 'win32') this.#child.kill('SIGKILL')
    else killAll([-pid])
  }

  #lose(resolve: () => void): void {
    this.#usable = false
    this.#wake()
    resolve()
  }

  /** Whether the host waits for it: one that only waits for programs does not keep the host alive. */
  #hold(held: boolean): void {
    const { stdin, stdout, stderr } = this.#child
    const action = held ? 'ref' : 'unref'
    this.#child[action]()
    // Pipes of a child are sockets.
    for (const stream of [stdin, stdout, stderr]) (stream as unknown as Socket)[action]()
  }

  #lost(): CodeExecutorError {
    const { exitCode, signalCode } = this.#child
    const how = this.#problem ?? (signalCode === null ? `exit code ${exitCode}` : `signal ${signalCode}`)
    const complaint = this.#complaint.trim()
    return new CodeExecutorError(
      `The process of Python in the WASM executor ended with ${how}.${complaint && ` It said: ${complaint}`}`,
      { retryable: signalCode !== null },
    )
  }
}

/** One program in a kept Python. */
class PythonRun {
  readonly ended: Promise<void>
  readonly #turn: PythonTurn
  readonly #kill: () => void
  readonly #written = new Map<string, Uint8Array[]>()
  readonly #removed = new Set<string>()
  #bytes = 0
  #end: PythonEnd | undefined
  #reason: ExecutionEnd | undefined
  #touched = false
  #resolve = (): void => {}

  constructor(turn: PythonTurn, kill: () => void) {
    this.#turn = turn
    this.#kill = kill
    this.ended = new Promise((resolve) => (this.#resolve = resolve))
  }

  /** Why it was ended, if it was. */
  get reason(): ExecutionEnd | undefined {
    return this.#reason
  }

  /** Whether it has done what can change its process. */
  get touched(): boolean {
    return this.#touched
  }

  stop(reason: ExecutionEnd): void {
    if (this.#end) return
    this.#reason ??= reason
    this.#kill()
  }

  receive(frame: ChildFrame): void {
    if (this.#end || this.#reason !== undefined) return
    if (frame[0] === 'touched') this.#touched = true
    if ((frame[0] === 'stdout' || frame[0] === 'stderr') && this.#turn.onOutput(frame[0], frame[1])) this.stop('output')
    if (frame[0] === 'removed') this.#removed.add(frame[1])
    if (frame[0] === 'file') {
      this.#bytes += frame[2].length * 0.75
      if (this.#bytes > this.#turn.job.diskBytes + sizeOf(this.#turn.files)) return this.stop('disk')
      addPiece(this.#written, frame)
    }
    if (frame[0] === 'end') {
      const [, exitCode, reason] = frame
      const changes = { written: this.#written, removed: this.#removed }
      this.#end = { exitCode, ...(reason !== null && { reason }), ...changes }
      this.#resolve()
    }
  }

  /** How it ended; nothing if the process ended without saying. */
  result(): PythonEnd | undefined {
    if (this.#end) return this.#end
    if (this.#reason === undefined) return undefined
    const exitCode = this.#reason === 'timeout' ? 124 : 137
    return { exitCode, reason: this.#reason, written: new Map(), removed: new Set() }
  }
}

function sizeOf(files: ReadonlyMap<string, Uint8Array>): number {
  return [...files.values()].reduce((sum, { length }) => sum + length, 0)
}
