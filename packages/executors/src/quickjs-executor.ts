import type { CodeBlock, CodeExecutor, ExecuteOptions, Execution, ExecutionLimits, Isolation } from 'conversable'
import { checkOptions, refused } from './check-execution.ts'
import { DEFAULT_LIMITS, engineRanges, limitsOver } from './limits.ts'
import { quickJsRunner } from './quickjs/quickjs-runner.ts'
import { runBlocks } from './run-blocks.ts'
import { RunningExecutions } from './running-executions.ts'
import { textFiles } from './text-files.ts'

/** What a {@link QuickJsExecutor} is made of. */
export interface QuickJsExecutorOptions {
  /** Files that every run finds as they are here, by relative name. Programs read texts: bytes are taken as UTF-8. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Bounds on every run that has no bounds of its own. */
  readonly limits?: Partial<ExecutionLimits>
}

const RANGES = engineRanges(16 * 1024 * 1024)

/**
 * Runs JavaScript in QuickJS, an engine compiled to WebAssembly, each block in a process of its own. Nothing has to be
 * installed, and nothing of the machine is in reach: no files, no network, no environment, no other programs.
 *
 * A program has the language as of ECMAScript 2023 and some of what came later, with top-level `await` and without
 * `Intl`, modules and timers; `console`; and two functions:
 *
 * - `readFile(name)` gives the text of a file that was given to the run, or written before;
 * - `writeFile(name, text)` writes a file, which becomes an artifact of the run. What a program wrote that was ended
 *   by a limit is lost.
 *
 * Blocks and runs share the files that programs write, until `restart`, and nothing else: give each user an executor of
 * its own. The memory limit is the program's; its process takes about 60 MiB more. There is neither an environment nor
 * standard input, so the options `env` and `stdin` are refused. A rejected promise that nobody handles fails the
 * program if it is the value of the last line, such as `main()`; others go unnoticed.
 */
export class QuickJsExecutor implements CodeExecutor {
  readonly kind = 'quickjs'
  readonly languages: readonly string[] = Object.freeze(['javascript', 'js'])
  readonly isolation: Isolation = Object.freeze({
    files: true,
    network: 'none',
    secrets: true,
    processes: true,
    limits: 'hard',
    boundary: 'engine',
  })
  readonly #files: ReadonlyMap<string, string>
  readonly #limits: ExecutionLimits
  readonly #running = new RunningExecutions('QuickJsExecutor', {
    ranges: RANGES,
    language: 'javascript',
    refuse,
  })
  #folder = new Map<string, string>()

  constructor(options: QuickJsExecutorOptions = {}) {
    checkOptions('QuickJsExecutor', options, ['files', 'limits'])
    this.#files = textFiles(options.files)
    this.#limits = limitsOver(DEFAULT_LIMITS, options.limits, RANGES)
  }

  /**
   * Starts to run blocks; see {@link CodeExecutor.execute}. The files of `options` are found by this run alone.
   *
   * @throws ConfigurationError for blocks and options that cannot work, CodeExecutorError after disposal.
   */
  execute(blocks: readonly CodeBlock[], options: ExecuteOptions = {}): Execution {
    return this.#running.start({ blocks, options, limits: this.#limits }, (controls, limits) => {
      const given = new Map([...this.#files, ...textFiles(options.files)])
      const runner = quickJsRunner({ languages: this.languages, limits, given, folder: this.#folder })
      return runBlocks(blocks, runner, controls)
    })
  }

  /** Forgets what programs wrote. A run that goes on keeps its files. */
  async restart(): Promise<void> {
    this.#folder = new Map()
  }

  /** Ends all runs, and waits until their processes are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.dispose()
  }
}

/** There is no process here that could be given anything. */
function refuse({ env, stdin, files }: ExecuteOptions): void {
  textFiles(files)
  const option = env !== undefined ? 'env' : 'stdin'
  if (env === undefined && stdin === undefined) return
  throw refused(
    `QuickJsExecutor.execute was given ${option}, and its programs have none. Give the data as a file: ` +
      `{ files: { 'input.txt': text } }, which a program reads with readFile('input.txt').`,
  )
}
