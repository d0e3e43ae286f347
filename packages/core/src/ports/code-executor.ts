import type { CodeArtifact } from '../code-artifact.ts'
import type { CodeBlock } from '../code-block.ts'

/** Bounds on one execution. An executor that cannot hold one of them says so in its `isolation`. */
export interface ExecutionLimits {
  /** For all blocks together, in milliseconds. Default 60 000. */
  readonly timeoutMs: number
  /** Default 512 MiB. */
  readonly memoryBytes: number
  /** Default 64. */
  readonly processes: number
  /** What all files together may take. Default 64 MiB. */
  readonly diskBytes: number
  /** What one file may take. Default: as `diskBytes`. */
  readonly fileBytes: number
  /** How much output is kept: its head and its tail. Default 1 MiB. */
  readonly outputBytes: number
}

/** A file that a program left behind, and its bytes when they are asked for. */
export interface Artifact extends CodeArtifact {
  read(): Promise<Uint8Array>
}

/** Why a run ended otherwise than by the program's own exit. */
export type ExecutionEnd =
  | 'timeout'
  | 'memory'
  | 'processes'
  | 'disk'
  | 'output'
  | 'aborted'
  | 'unsupported-language'
  | 'bad-filename'
  | 'sandbox-failed'

/** What came of running code. A program that fails is a result, not an error. */
export interface CodeResult {
  /** 0 for success, 124 at the time limit, 137 when another limit ended it, otherwise the program's own. */
  readonly exitCode: number
  /** What a model sees: stdout and stderr in the order in which they came, capped. */
  readonly output: string
  readonly reason?: ExecutionEnd
  /** Whether output was left out. */
  readonly truncated: boolean
  readonly durationMs: number
  readonly artifacts: readonly Artifact[]
}

/** What may be seen while code runs, in order; `block` counts from 0. */
export type ExecutionEvent =
  | { readonly type: 'start'; readonly block: number; readonly language: string }
  | { readonly type: 'stdout' | 'stderr'; readonly block: number; readonly text: string }
  | { readonly type: 'display'; readonly block: number; readonly data: Readonly<Record<string, string | Uint8Array>> }
  | { readonly type: 'artifact'; readonly artifact: Artifact }
  | { readonly type: 'end'; readonly result: CodeResult }

/** Code that is being run: await it for the result, or iterate it for what happens. */
export interface Execution extends AsyncIterable<ExecutionEvent>, PromiseLike<CodeResult> {}

/** What stands between the code and the machine that it runs on. */
export interface Isolation {
  /** Whether files outside of the work folder are out of reach. */
  readonly files: boolean
  readonly network: 'none' | 'allow-list' | 'open'
  /** Whether environment, keys and home folder of the host are out of reach. */
  readonly secrets: boolean
  /** Whether other processes of the host are out of reach. */
  readonly processes: boolean
  readonly limits: 'hard' | 'polled' | 'time-only'
  readonly boundary: 'none' | 'process' | 'engine' | 'namespace' | 'container' | 'user-kernel' | 'vm'
}

/** How to run blocks. */
export interface ExecuteOptions {
  /** Ends the program and everything that it started; the result then has the reason `aborted`. */
  readonly signal?: AbortSignal
  readonly limits?: Partial<ExecutionLimits>
  /** Nothing of the host's environment is passed on but this. */
  readonly env?: Readonly<Record<string, string>>
  /** Files put into the work folder before the run, by relative path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  readonly stdin?: string
}

/** Runs code blocks and gives what they printed. */
export interface CodeExecutor extends AsyncDisposable {
  /** Such as `bubblewrap`. */
  readonly kind: string
  /** In lower case, in the spelling of a fence: `python`, `sh`. */
  readonly languages: readonly string[]
  readonly isolation: Isolation
  /**
   * @param blocks - Run in order, in one folder; the first to fail is the last to run.
   * @throws CodeExecutorError when the sandbox cannot be started or is lost.
   */
  execute(blocks: readonly CodeBlock[], options?: ExecuteOptions): Execution
  /** Forgets variables and files of earlier runs. */
  restart(): Promise<void>
}
