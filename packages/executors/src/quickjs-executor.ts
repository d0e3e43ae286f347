import {
  CodeExecutorError,
  ConfigurationError,
  type CodeBlock,
  type CodeExecutor,
  type ExecuteOptions,
  type Execution,
  type ExecutionLimits,
  type Isolation,
} from 'conversable'
import { DEFAULT_LIMITS, limitsOver, type LimitRanges } from './limits.ts'
import { runBlocks } from './quickjs/run-blocks.ts'
import { quote } from './quote.ts'
import { StartedExecution } from './started-execution.ts'
import { textFiles } from './text-files.ts'

/** What a {@link QuickJsExecutor} is made of. */
export interface QuickJsExecutorOptions {
  /** Files that every run finds as they are here, by relative name. Programs read texts: bytes are taken as UTF-8. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Bounds on every run that has no bounds of its own. */
  readonly limits?: Partial<ExecutionLimits>
}

const ANY = [0, Number.MAX_SAFE_INTEGER] as const

const RANGES: LimitRanges = Object.freeze({
  // What a timer can wait for.
  timeoutMs: [1, 2 ** 31 - 1],
  // What the engine starts with, and what it can address.
  memoryBytes: [16 * 1024 * 1024, 2 ** 31],
  // A program starts none, so that any number of them is kept to.
  processes: ANY,
  diskBytes: ANY,
  fileBytes: ANY,
  outputBytes: [1, 64 * 1024 * 1024],
})

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
  readonly #running = new Set<StartedExecution>()
  #folder = new Map<string, string>()
  #disposed = false

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
    if (this.#disposed) {
      const message = 'This QuickJsExecutor was disposed of, so it runs nothing any more. Make a new one.'
      throw new CodeExecutorError(message, { retryable: false })
    }
    checkBlocks(blocks)
    checkOptions('QuickJsExecutor.execute', options, ['signal', 'limits', 'env', 'files', 'stdin'])
    refuseProcessInput(options)
    const surroundings = {
      languages: this.languages,
      limits: limitsOver(this.#limits, options.limits, RANGES),
      given: new Map([...this.#files, ...textFiles(options.files)]),
      folder: this.#folder,
    }
    const execution = new StartedExecution((controls) => runBlocks(blocks, surroundings, controls), options.signal)
    this.#running.add(execution)
    const forget = (): void => void this.#running.delete(execution)
    void execution.then(forget, forget)
    return execution
  }

  /** Forgets what programs wrote. A run that goes on keeps its files. */
  async restart(): Promise<void> {
    this.#folder = new Map()
  }

  /** Ends all runs, and waits until their processes are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    await Promise.all([...this.#running].map((execution) => execution.stop()))
  }
}

function checkOptions(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw refused(`The options of ${owner} are ${quote(options)}. Give an object.`)
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const message = `${owner} has no option ${quote(name)}. It knows ${known.join(', ')}.`
    throw new ConfigurationError('unknown-option', message)
  }
}

function checkBlocks(blocks: unknown): void {
  if (!Array.isArray(blocks)) {
    throw refused(`The blocks to run are ${quote(blocks)}. Give a list, as in [{ language: 'javascript', code }].`)
  }
  for (const block of blocks as readonly Partial<CodeBlock>[]) {
    if (typeof block?.language === 'string' && typeof block.code === 'string') continue
    throw refused(`A block to run is ${quote(block)}. Give language and code, as in { language: 'javascript', code }.`)
  }
}

function refuseProcessInput({ env, stdin }: ExecuteOptions): void {
  const option = env !== undefined ? 'env' : 'stdin'
  if (env === undefined && stdin === undefined) return
  throw refused(
    `QuickJsExecutor.execute was given ${option}, and its programs have none. Give the data as a file: ` +
      `{ files: { 'input.txt': text } }, which a program reads with readFile('input.txt').`,
  )
}

function refused(message: string): ConfigurationError {
  return new ConfigurationError('invalid-option', message)
}
