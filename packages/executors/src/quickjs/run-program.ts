import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { CodeExecutorError, type ExecutionEnd } from 'conversable'
import { framesIn, framesOf, lineOf, type Frame, type ProgramText } from './frames.ts'

/** A program and the files that it finds. */
export interface Program extends ProgramText {
  readonly files: ReadonlyMap<string, string>
}

/** When to end a program, and who is told what it prints. */
export interface Watch {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** Called with each piece of output. Gives whether the program has printed too much. */
  readonly onOutput: (stream: 'stdout' | 'stderr', text: string) => boolean
}

/** How a program ended. */
export interface ProgramEnd {
  readonly exitCode: number
  readonly reason?: ExecutionEnd
  /** What it wrote; nothing if it was ended from outside. */
  readonly written: ReadonlyMap<string, string>
}

// A source runs its child's source, and what is built the child that is built beside it.
const CHILD = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './child.js', import.meta.url))

const FLAGS: readonly string[] = [
  // Nothing in that process turns text into code but the engine.
  '--disallow-code-generation-from-strings',
  '--disable-warning=ExperimentalWarning',
  // See STACK_BYTES of the engine. Eight megabytes are usual.
  ...(process.platform === 'win32' ? [] : ['--stack-size=3900']),
  // A process that can be debugged can be taken over. Older releases of Node do not know the flag.
  ...(process.allowedNodeEnvironmentFlags.has('--disable-sigusr1') ? ['--disable-sigusr1'] : []),
]

/**
 * Runs a program in a process of its own, which is gone when this gives its end.
 *
 * @throws CodeExecutorError when the process cannot be started, or ends without saying how the program ended.
 */
export async function runProgram(program: Program, watch: Watch): Promise<ProgramEnd> {
  if (watch.signal.aborted) return endedBy('aborted')
  const child = spawn(process.execPath, [...FLAGS, CHILD], {
    env: {},
    stdio: 'pipe',
    // In a session of its own it has no terminal that it could write to.
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  const guard = killWhenOver(child, watch)
  const closed = whenClosed(child)
  try {
    feed(child, program)
    const [end, complaint] = await Promise.all([readEnd(child, watch, guard), lastWords(child), closed])
    if (end) return end
    if (guard.reason === undefined) throw lost(child, complaint)
    return endedBy(guard.reason)
  } catch (error) {
    guard.kill()
    await closed.catch(() => {})
    if (error instanceof CodeExecutorError) throw error
    throw failed(error)
  } finally {
    guard.release()
  }
}

function endedBy(reason: ExecutionEnd): ProgramEnd {
  return { exitCode: reason === 'timeout' ? 124 : 137, reason, written: new Map() }
}

interface Guard {
  /** Why the process was killed, once it was. */
  readonly reason: ExecutionEnd | undefined
  kill(reason?: ExecutionEnd): void
  release(): void
}

function killWhenOver(child: ChildProcessWithoutNullStreams, { signal, timeoutMs }: Watch): Guard {
  let reason: ExecutionEnd | undefined
  const kill = (why?: ExecutionEnd): void => {
    reason ??= why
    child.kill('SIGKILL')
  }
  const abort = (): void => kill('aborted')
  const timer = setTimeout(() => kill('timeout'), timeoutMs)
  signal.addEventListener('abort', abort, { once: true })
  return {
    get reason() {
      return reason
    },
    kill,
    release() {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    },
  }
}

function feed(child: ChildProcessWithoutNullStreams, { files, ...program }: Program): void {
  const lines = function* (): Generator<string> {
    for (const [name, text] of files) for (const frame of framesOf(name, text)) yield lineOf(frame)
    yield lineOf(['run', program])
  }
  // A process that has ended reads no more; how it ended is seen elsewhere.
  child.stdin.on('error', () => {})
  Readable.from(lines()).pipe(child.stdin)
}

async function readEnd(
  child: ChildProcessWithoutNullStreams,
  { onOutput }: Watch,
  guard: Guard,
): Promise<ProgramEnd | undefined> {
  const written = new Map<string, string>()
  let end: ProgramEnd | undefined
  for await (const frames of framesIn(child.stdout.setEncoding('utf8'))) {
    for (const frame of joined(frames)) {
      if (guard.reason === 'output') continue
      if ((frame[0] === 'stdout' || frame[0] === 'stderr') && onOutput(frame[0], frame[1])) guard.kill('output')
      if (frame[0] === 'file') written.set(frame[1], (written.get(frame[1]) ?? '') + frame[2])
      if (frame[0] === 'end') end = { exitCode: frame[1], ...(frame[2] !== null && { reason: frame[2] }), written }
    }
  }
  return end
}

/** Output that came together, put together. */
function joined(frames: readonly Frame[]): Frame[] {
  const pieces: Frame[] = []
  for (const frame of frames) {
    const last = pieces.at(-1)
    const [type] = frame
    if (last && (type === 'stdout' || type === 'stderr') && last[0] === type) {
      pieces[pieces.length - 1] = [type, last[1] + frame[1]]
    } else pieces.push(frame)
  }
  return pieces
}

/** What the process itself complains of, its last lines. */
async function lastWords(child: ChildProcessWithoutNullStreams): Promise<string> {
  let text = ''
  for await (const chunk of child.stderr.setEncoding('utf8')) text = (text + String(chunk)).slice(-2000)
  return text.trim()
}

function whenClosed(child: ChildProcessWithoutNullStreams): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve())
  })
}

function lost({ exitCode, signalCode }: ChildProcessWithoutNullStreams, complaint: string): CodeExecutorError {
  const how = signalCode === null ? `exit code ${exitCode}` : `signal ${signalCode}`
  return new CodeExecutorError(
    `The process of the QuickJS executor ended with ${how} before the program did.${complaint && ` It said: ${complaint}`}`,
    // A signal comes from outside, often because the machine has no memory left; an exit code comes from the setup.
    { retryable: signalCode !== null },
  )
}

function failed(error: unknown): CodeExecutorError {
  const problem = error instanceof Error ? error.message : String(error)
  const { code } = error as { readonly code?: unknown }
  return new CodeExecutorError(`The process of the QuickJS executor could not be run: ${problem}`, {
    retryable: ['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'].includes(String(code)),
    cause: error,
  })
}
