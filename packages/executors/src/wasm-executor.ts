import { relative } from 'node:path'
import type { CodeBlock, CodeExecutor, ExecuteOptions, Execution, ExecutionLimits, Isolation } from 'conversable'
import { checkOptions, refused } from './check-execution.ts'
import { fileRunner } from './file-runner.ts'
import { GivenFunctions } from './functions/given-functions.ts'
import { FUNCTION_OPTIONS, type FunctionOptions } from './functions/python-function.ts'
import { LANGUAGES, labelsOf, type Language } from './languages.ts'
import { DEFAULT_LIMITS, engineRanges, limitsOver } from './limits.ts'
import { quote } from './quote.ts'
import { runBlocks, type BlockEnd } from './run-blocks.ts'
import { RunningExecutions } from './running-executions.ts'
import { KeptPython } from './wasm/kept-python.ts'
import { runPython, runScript, runShell, type WasmProgram } from './wasm/wasm-runner.ts'
import { whyNot } from './why-not.ts'
import { WorkFolder } from './work-folder.ts'

/** What a {@link WasmExecutor} is made of. */
export interface WasmExecutorOptions extends FunctionOptions {
  /** A folder that programs work in and that is kept. Default: a fresh one, which is deleted on disposal. */
  readonly workDir?: string
  /** Bounds on every run that has no bounds of its own. */
  readonly limits?: Partial<ExecutionLimits>
  /**
   * Where the state of a Python that is ready is kept, about 30 MiB, so that the next one starts in a second. It has to
   * be the user's own. Default: `conversable` in the user's folder of caches.
   */
  readonly cacheDir?: string
}

const RANGES = engineRanges(64 * 1024 * 1024)

/**
 * Runs JavaScript and TypeScript in Deno, Python in Pyodide and shell scripts in just-bash, the last two inside Deno as
 * well: all from npm, so that a machine with only Node runs them, shut in. The packages `deno`, `pyodide` and
 * `just-bash` are optional peers, looked for when a language is first used.
 *
 * Deno may read and write the work folder for JavaScript and TypeScript, and nothing at all for the others, which work
 * on a copy of the folder in memory that is brought back when a block has ended by itself. There is no network, no
 * other program and no variable of the host's environment.
 *
 * Blocks and runs share the work folder and nothing else; runs follow one another. Python is kept between blocks, and
 * each block finds it as it was when it had started: its memory and its files are put back, and a program that has
 * reached for more than these gets its process to itself. There are no packages but the standard library.
 */
export class WasmExecutor implements CodeExecutor {
  readonly kind = 'wasm'
  readonly languages: readonly string[] = labelsOf(LANGUAGES)
  readonly isolation: Isolation = Object.freeze({
    files: true,
    network: 'none',
    secrets: true,
    processes: true,
    limits: 'polled',
    boundary: 'engine',
  })
  readonly #options: WasmExecutorOptions
  readonly #limits: ExecutionLimits
  readonly #functions: GivenFunctions | undefined
  readonly #running = new RunningExecutions('WasmExecutor', { ranges: RANGES, serial: true })
  readonly #python: KeptPython
  #folder: Promise<WorkFolder> | undefined

  constructor(options: WasmExecutorOptions = {}) {
    checkOptions('WasmExecutor', options, ['workDir', 'limits', 'cacheDir', ...FUNCTION_OPTIONS])
    for (const name of ['workDir', 'cacheDir'] as const) {
      const value: unknown = options[name]
      if (value === undefined || (typeof value === 'string' && value !== '')) continue
      throw refused(`WasmExecutor has ${quote(value)} as ${name}. Give the path of a folder.`)
    }
    this.#options = options
    this.#limits = limitsOver(DEFAULT_LIMITS, options.limits, RANGES)
    this.#functions = GivenFunctions.from({ name: 'WasmExecutor', packages: false }, options)
    this.#python = new KeptPython(options.cacheDir)
  }

  /** Why such an executor cannot run Python here, found out by running a line of it; nothing if it can. */
  static async probe(options: WasmExecutorOptions = {}): Promise<string | undefined> {
    await using executor = new WasmExecutor(options)
    return await whyNot(executor, { language: 'python', code: 'print(6 * 7)' })
  }

  /**
   * Starts to run blocks; see {@link CodeExecutor.execute}.
   *
   * @throws ConfigurationError for blocks and options that cannot work, CodeExecutorError after disposal.
   */
  execute(blocks: readonly CodeBlock[], options: ExecuteOptions = {}): Execution {
    return this.#running.start({ blocks, options, limits: this.#limits }, async (controls, limits) => {
      this.#folder ??= WorkFolder.open(this.#options.workDir)
      const { path: folder } = await this.#folder
      const runner = await fileRunner({
        limits,
        signal: controls.signal,
        folder,
        files: options.files,
        functions: this.#functions,
        commandFor: async (_language, file) => [relative(folder, file).replaceAll('\\', '/')],
        run: ([name = ''], turn, language) => this.#run({ name, folder, limits, options, turn }, language),
      })
      return runBlocks(blocks, runner, controls)
    })
  }

  /** Deletes what programs wrote, when the runs that go on have ended. A `workDir` is left as it is. */
  async restart(): Promise<void> {
    await this.#running.settled()
    await this.#python.end()
    await (await this.#folder)?.clear()
  }

  /** Ends all runs, waits until nothing of them is left, and deletes the work folder. A `workDir` is left as it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.dispose()
    await this.#python.end()
    const folder = await this.#folder?.catch(() => undefined)
    await folder?.dispose()
  }

  #run(program: WasmProgram, { name }: Language): Promise<BlockEnd> {
    if (name === 'python') return runPython(this.#python, program)
    return name === 'javascript' || name === 'typescript' ? runScript(program) : runShell(program)
  }
}
