import { spawn, type ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { CodeExecutorError, type ExecutionEnd } from 'conversable'
import { descendants, killAll, pidsWith, treeUse } from './process-tree.ts'
import { watch, type Watched } from './watchdog.ts'

/** A program to start. It gets nothing of the host but what stands here. */
export interface ProcessSpec {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Standard input; nothing at all if it is left out. */
  readonly stdin?: string
  /** Whom it runs as. Default: as the host. */
  readonly uid?: number
  /** What it may read on descriptor 4. */
  readonly fourth?: Uint8Array
  /** How many bytes it may write on descriptor 3. Default: it has none. */
  readonly thirdMaxBytes?: number
  /** As `NAME=value`: processes with it in their environment belong to the run, whoever their parent is now. */
  readonly marker?: string
  /** Whether the program waits for what it started and then ends by itself, so that nothing is left to others to clear. */
  readonly reaps?: boolean
}

/** When to end a program, and who is told what it prints. */
export interface ProcessWatch {
  readonly signal: AbortSignal
  /** Default: as long as it likes. */
  readonly timeoutMs?: number
  /** Told what was started. */
  readonly onStart?: (started: StartedProcess) => void
  /** Called with each piece of output. Gives whether the program has printed too much. */
  readonly onOutput: (stream: 'stdout' | 'stderr', text: string) => boolean
  /** Limits that are looked at ten times a second. Default: none. */
  readonly watched?: Watched
}

/** A program that was started. */
export interface StartedProcess {
  readonly pid: number
  /** Whether the host is to stay for its sake, as it does to begin with. */
  hold(isHeld: boolean): void
}

/** How a program ended. */
export interface ProcessEnd {
  /** The program's own; 128 and the number of the signal that ended it; 124 at the time limit, 137 at another one. */
  readonly exitCode: number
  readonly reason?: ExecutionEnd
  /** What came on descriptor 3. */
  readonly third: Buffer
}

/** How long a program that reaps has to see that what it started has ended. */
const REAP_MS = 150

/** How long output may still come once the program has ended. */
const DRAIN_MS = 300

/**
 * Runs a program in a session of its own, and ends it and all that it started: at the time limit, on abort, when it
 * passes a limit or prints too much, and also those processes that it leaves behind when it ends by itself.
 *
 * @throws CodeExecutorError when the program cannot be started.
 */
export async function runProcess(spec: ProcessSpec, options: ProcessWatch): Promise<ProcessEnd> {
  if (options.signal.aborted) return endedBy('aborted', Buffer.alloc(0))
  const child = start(spec)
  if (child.pid !== undefined) options.onStart?.({ pid: child.pid, hold: (isHeld) => hold(child, isHeld) })
  const ended = new AbortController()
  const guard = new Guard(child, spec)
  const release = guard.endWhenDue(options)
  const third = collect(child.stdio[3], spec.thirdMaxBytes ?? 0, () => guard.kill('disk'))
  const closed = whenClosed(child, () => guard.kill())
  try {
    for (const stream of ['stdout', 'stderr'] as const) {
      decode(child[stream], (text) => {
        if (guard.reason !== 'output' && options.onOutput(stream, text)) guard.kill('output')
      })
    }
    feed(child.stdin, spec.stdin)
    feed(child.stdio[4], spec.fourth)
    const { watched } = options
    if (watched && child.pid !== undefined) {
      void watch(child.pid, watched, { signal: ended.signal, onOver: (limit) => guard.kill(limit) })
    }
    const exitCode = await closed
    return guard.reason === undefined ? { exitCode, third: third() } : endedBy(guard.reason, third())
  } catch (error) {
    throw cannotStart(spec.command, error)
  } finally {
    ended.abort()
    release()
    await guard.sweep()
  }
}

function start(spec: ProcessSpec): ChildProcess {
  const { command, args, cwd, env, stdin, uid, fourth, thirdMaxBytes } = spec
  try {
    return spawn(command, args, {
      cwd,
      env,
      ...(uid !== undefined && { uid, gid: uid }),
      stdio: [
        stdin === undefined ? 'ignore' : 'pipe',
        'pipe',
        'pipe',
        ...(thirdMaxBytes === undefined && fourth === undefined
          ? []
          : [thirdMaxBytes === undefined ? ('ignore' as const) : ('pipe' as const)]),
        ...(fourth === undefined ? [] : ['pipe' as const]),
      ],
      // A session and a group of its own: no terminal that it could write to, and one signal reaches all.
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
  } catch (error) {
    throw cannotStart(command, error)
  }
}

function hold(child: ChildProcess, isHeld: boolean): void {
  for (const handle of [child, ...child.stdio]) {
    // Pipes are sockets, whatever their type says.
    if (handle && 'unref' in handle) handle[isHeld ? 'ref' : 'unref']()
  }
}

/** Ends one program, once. */
class Guard {
  readonly #child: ChildProcess
  readonly #marker: string | undefined
  readonly #reaps: boolean
  #reason: ExecutionEnd | undefined

  constructor(child: ChildProcess, { marker, reaps = false }: ProcessSpec) {
    this.#child = child
    this.#marker = marker
    this.#reaps = reaps
  }

  /** Why the program was ended, once it was. */
  get reason(): ExecutionEnd | undefined {
    return this.#reason
  }

  kill(reason?: ExecutionEnd): void {
    const { pid, exitCode, signalCode } = this.#child
    if (exitCode === null && signalCode === null) this.#reason ??= reason
    if (pid === undefined) return
    if (process.platform === 'win32') {
      spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on('error', () => {})
      return
    }
    // The group is the child's own: it leads it, under its own number.
    if (!this.#reaps || exitCode !== null || signalCode !== null) return killAll([-pid])
    const below = descendants(pid)
    killAll(below.length === 0 ? [-pid] : below)
    // It may have started one more meanwhile, and may not end by itself.
    setTimeout(() => {
      if (this.#child.exitCode === null && this.#child.signalCode === null) killAll([...descendants(pid), -pid])
    }, REAP_MS)
  }

  /** Gives what stops the waiting. */
  endWhenDue({ signal, timeoutMs }: ProcessWatch): () => void {
    const abort = (): void => this.kill('aborted')
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => this.kill('timeout'), timeoutMs)
    signal.addEventListener('abort', abort, { once: true })
    return () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
  }

  /** Ends what is left of the program: processes that made themselves independent of it. */
  async sweep(): Promise<void> {
    if (this.#marker === undefined) return
    for (let round = 0; round < 10; round += 1) {
      const left = pidsWith(this.#marker)
      if (left.length === 0) return
      for (const pid of left) killAll((await treeUse(pid)).pids)
    }
  }
}

function decode(stream: Readable | null, onText: (text: string) => void): void {
  stream?.setEncoding('utf8').on('data', onText)
  // Cut off when the program was ended: what came until then is kept.
  stream?.on('error', () => {})
}

function collect(stream: Readable | Writable | null | undefined, maxBytes: number, onOver: () => void): () => Buffer {
  const pieces: Buffer[] = []
  let bytes = 0
  stream?.on('error', () => {})
  stream?.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes <= maxBytes) pieces.push(piece)
    else onOver()
  })
  return () => Buffer.concat(pieces)
}

function feed(stream: Readable | Writable | null | undefined, content: string | Uint8Array | undefined): void {
  if (!stream || content === undefined || !('end' in stream)) return
  // A program may end without having read everything.
  stream.on('error', () => {})
  stream.end(content)
}

/** Waits for the exit, then a little for the last of the output: a process that lives on may hold its pipes for ever. */
function whenClosed(child: ChildProcess, onExit: () => void): Promise<number> {
  return new Promise((resolve, reject) => {
    let drain: NodeJS.Timeout | undefined
    child.once('error', reject)
    child.once('exit', () => {
      onExit()
      // On a busy machine the time may be over before the host has looked at the pipes once: it does so in between.
      const cutOff = (): void => child.stdio.forEach((stream) => stream?.destroy())
      drain = setTimeout(() => setImmediate(cutOff), DRAIN_MS)
    })
    child.once('close', (code, signal) => {
      clearTimeout(drain)
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 9))
    })
  })
}

/** How a program ends that is ended. */
export function endedBy(reason: ExecutionEnd, third: Buffer): ProcessEnd {
  return { exitCode: reason === 'timeout' ? 124 : 137, reason, third }
}

function cannotStart(command: string, error: unknown): CodeExecutorError {
  const problem = error instanceof Error ? error.message : String(error)
  const { code } = error as { readonly code?: unknown }
  return new CodeExecutorError(`The program ${JSON.stringify(command)} could not be started: ${problem}.`, {
    retryable: ['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'].includes(String(code)),
    cause: error,
  })
}
