import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CodeBlock, CodeExecutor, CodeResult, ExecuteOptions, Execution, ExecutionEvent } from 'conversable'

const SHELL = '/bin/sh'
const PYTHON = 'python3'
const ENV: NodeJS.ProcessEnv = { PATH: process.env['PATH'] }

/** Whether this machine has a POSIX shell. */
export function hasShell(): boolean {
  return existsSync(SHELL)
}

/** Whether this machine has a Python that runs. */
export function hasPython(): boolean {
  return spawnSync(PYTHON, ['-c', ''], { env: ENV, stdio: 'ignore' }).status === 0
}

/**
 * Runs the few programs of the scenarios on this machine, in a fresh folder and a process group of their own. It is
 * no sandbox: give it nothing but the code of the scenarios.
 */
export class LocalExecutor implements CodeExecutor {
  readonly kind = 'local'
  readonly languages: readonly string[] = ['python', 'sh']
  readonly isolation = {
    files: false,
    network: 'open',
    secrets: false,
    processes: false,
    limits: 'time-only',
    boundary: 'none',
  } as const
  readonly #timeoutMs: number

  constructor(options: { readonly timeoutMs?: number } = {}) {
    this.#timeoutMs = options.timeoutMs ?? 30_000
  }

  execute(blocks: readonly CodeBlock[], { signal }: ExecuteOptions = {}): Execution {
    const result = this.#run(blocks, signal)
    return {
      // oxlint-disable-next-line unicorn/no-thenable -- an execution is meant to be awaited
      then: (onResult, onError) => result.then(onResult, onError),
      async *[Symbol.asyncIterator](): AsyncGenerator<ExecutionEvent, void, undefined> {
        yield { type: 'end', result: await result }
      },
    }
  }

  async restart(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}

  async #run(blocks: readonly CodeBlock[], signal: AbortSignal | undefined): Promise<CodeResult> {
    const started = Date.now()
    const folder = mkdtempSync(join(tmpdir(), 'golden-'))
    try {
      let output = ''
      let exitCode = 0
      for (const block of blocks) {
        if (exitCode !== 0) break
        const leftMs = started + this.#timeoutMs - Date.now()
        const ended = await runBlock(block, { folder, leftMs, signal })
        exitCode = ended.exitCode
        output += ended.output
      }
      return { exitCode, output, truncated: false, durationMs: Date.now() - started, artifacts: [] }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
}

type Ended = Pick<CodeResult, 'exitCode' | 'output'>

interface Place {
  readonly folder: string
  readonly leftMs: number
  readonly signal: AbortSignal | undefined
}

async function runBlock(block: CodeBlock, { folder, leftMs, signal }: Place): Promise<Ended> {
  const { language, code } = block
  const program = language === 'python' ? PYTHON : language === 'sh' ? SHELL : undefined
  if (program === undefined) return { exitCode: 1, output: `unknown language ${language}` }
  const [source, printed] = [join(folder, 'program'), join(folder, 'output')]
  writeFileSync(source, code)
  // One file for both streams keeps the order in which they were written.
  const file = openSync(printed, 'w')
  const child = spawn(program, [source], { cwd: folder, env: ENV, detached: true, stdio: ['ignore', file, file] })
  closeSync(file)
  const late = AbortSignal.timeout(Math.max(0, leftMs))
  const stop = AbortSignal.any([late, ...(signal ? [signal] : [])])
  const kill = (): void => killGroup(child)
  stop.addEventListener('abort', kill)
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (status) => resolve(status ?? 137))
    })
    const output = readFileSync(printed, 'utf8')
    return late.aborted ? { exitCode: 124, output: `${output}\nTimeout` } : { exitCode, output }
  } finally {
    stop.removeEventListener('abort', kill)
    kill()
  }
}

/** Ends a program and what it left running: a detached child leads a group of its own, under its own id. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing of the group is left.
  }
}
