import { randomUUID } from 'node:crypto'
import { delimiter, resolve } from 'node:path'
import { homedir, tmpdir } from 'node:os'
import type { CodeBlock, CodeExecutor, ExecuteOptions, Execution, ExecutionLimits, Isolation } from 'conversable'
import { checkOptions } from './check-execution.ts'
import { fileRunner } from './file-runner.ts'
import { findPrograms } from './find-program.ts'
import { GivenFunctions } from './functions/given-functions.ts'
import { FUNCTION_OPTIONS, type FunctionOptions } from './functions/python-function.ts'
import { commandFor, LANGUAGES, labelsOf, type Interpreters } from './languages.ts'
import { DEFAULT_LIMITS, limitsOver, PROCESS_RANGES } from './limits.ts'
import { runProcess } from './process-run.ts'
import { pythons } from './python.ts'
import { silencePip } from './silence-pip.ts'
import { runBlocks, type BlockEnd, type BlockTurn } from './run-blocks.ts'
import { RunningExecutions } from './running-executions.ts'
import { checkVirtualEnv, programsOf, pythonOf } from './virtual-environment.ts'
import { WorkFolder } from './work-folder.ts'

/** What an {@link UnsafeLocalExecutor} is made of. */
export interface UnsafeLocalExecutorOptions extends FunctionOptions {
  /** A folder that programs begin in and that is kept. Default: a fresh one, which is deleted on disposal. */
  readonly workDir?: string
  /** Bounds on every run that has no bounds of its own. They are looked at ten times a second. */
  readonly limits?: Partial<ExecutionLimits>
  /** A Python, by name or path. Default: that of `virtualEnv`, or the first on the PATH. */
  readonly python?: string
  /**
   * The folder of a virtual environment, as `createVirtualEnvironment()` makes it: its programs come first, and packages
   * of `functions` are installed into it.
   */
  readonly virtualEnv?: string
  /** Told once, before the first run, that nothing protects the machine. Default: `console.warn`. */
  readonly warn?: (line: string) => void
}

const OPTIONS = Object.freeze(['workDir', 'limits', 'python', 'virtualEnv', 'warn', ...FUNCTION_OPTIONS])
const WARNING =
  'UnsafeLocalExecutor runs the code of models as you, on this machine, with nothing in between: it can read your keys and ' +
  'delete your files. createCodeExecutor() finds an executor that protects you.'

/**
 * Runs Python, shell, JavaScript and TypeScript on this machine, as whoever runs the host. It protects nothing: programs
 * read and write every file that you can, and reach every network that you can. For code that you trust as your own.
 *
 * As in AutoGen, the output of a block is what it wrote to stderr, then what it wrote to stdout; events come in the order
 * in which they happen. Programs get PATH, HOME and a language of the environment, and no keys unless you give them as
 * `env`. At a limit, on abort, and when a block ends, what it left running is ended too; on Linux also what made itself
 * a daemon, unless that has thrown away its environment.
 */
export class UnsafeLocalExecutor implements CodeExecutor {
  readonly kind = 'unsafe-local'
  readonly languages: readonly string[] = labelsOf(LANGUAGES)
  readonly isolation: Isolation = Object.freeze({
    files: false,
    network: 'open',
    secrets: false,
    processes: false,
    limits: 'polled',
    boundary: 'none',
  })
  readonly #options: UnsafeLocalExecutorOptions
  readonly #limits: ExecutionLimits
  readonly #functions: GivenFunctions | undefined
  readonly #running = new RunningExecutions('UnsafeLocalExecutor', { ranges: PROCESS_RANGES, serial: true })
  #folder: Promise<WorkFolder> | undefined
  #interpreters: Promise<Interpreters> | undefined
  #warned = false

  constructor(options: UnsafeLocalExecutorOptions = {}) {
    checkOptions('UnsafeLocalExecutor', options, OPTIONS)
    if (options.virtualEnv !== undefined) checkVirtualEnv('UnsafeLocalExecutor', options.virtualEnv)
    this.#options = options
    this.#limits = limitsOver(DEFAULT_LIMITS, options.limits, PROCESS_RANGES)
    this.#functions = GivenFunctions.from({ name: 'UnsafeLocalExecutor', packages: options.virtualEnv }, options)
  }

  /** Why such an executor cannot run here: always nothing. */
  static async probe(_options: UnsafeLocalExecutorOptions = {}): Promise<string | undefined> {
    return undefined
  }

  /**
   * Starts to run blocks; see {@link CodeExecutor.execute}.
   *
   * @throws ConfigurationError for blocks and options that cannot work, CodeExecutorError after disposal.
   */
  execute(blocks: readonly CodeBlock[], options: ExecuteOptions = {}): Execution {
    const execution = this.#running.start({ blocks, options, limits: this.#limits }, async (controls, limits) => {
      const folder = await (this.#folder ??= WorkFolder.open(this.#options.workDir))
      const interpreters = await (this.#interpreters ??= interpretersOf(this.#options))
      const runner = await fileRunner({
        limits,
        signal: controls.signal,
        folder: folder.path,
        files: options.files,
        functions: this.#functions,
        commandFor: async (language, file) =>
          commandFor(language, file, interpreters) ?? `There is no program for ${language.name} on this machine.`,
        run: (command, turn) => this.#run(command, turn, { ...options, limits, folder: folder.path }),
      })
      return runBlocks(blocks.map(silencePip), { ...runner, stderrFirst: true }, controls)
    })
    if (!this.#warned) (this.#options.warn ?? console.warn)(WARNING)
    this.#warned = true
    return execution
  }

  /** Deletes what programs wrote into the work folder, when the runs that go on have ended. A `workDir` is left as it is. */
  async restart(): Promise<void> {
    await this.#running.settled()
    await (await this.#folder)?.clear()
  }

  /** Ends all runs, and deletes the work folder. A `workDir` is left as it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.dispose()
    await (await this.#folder)?.dispose()
  }

  async #run(
    [command = '', ...args]: readonly string[],
    { leftMs, signal, onOutput }: BlockTurn,
    { env, stdin, limits, folder }: ExecuteOptions & { readonly limits: ExecutionLimits; readonly folder: string },
  ): Promise<BlockEnd> {
    const marker = `CONVERSABLE_RUN=${randomUUID()}`
    const spec = {
      command,
      args,
      cwd: folder,
      env: { ...environment(this.#options, folder), ...env, CONVERSABLE_RUN: marker.slice('CONVERSABLE_RUN='.length) },
      ...(stdin !== undefined && { stdin }),
      marker,
    }
    const { exitCode, reason } = await runProcess(spec, {
      signal,
      timeoutMs: leftMs,
      onOutput,
      watched: { ...limits, folder },
    })
    return { exitCode, ...(reason !== undefined && { reason }) }
  }
}

function environment({ virtualEnv, functions }: UnsafeLocalExecutorOptions, folder: string): Record<string, string> {
  const kept = ['SystemRoot', 'windir', 'PATHEXT', 'ComSpec'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  const path = process.env['PATH'] ?? ''
  return {
    ...Object.fromEntries(kept),
    PATH: virtualEnv === undefined ? path : `${programsOf(virtualEnv)}${delimiter}${path}`,
    ...(virtualEnv !== undefined && { VIRTUAL_ENV: resolve(virtualEnv) }),
    ...(functions !== undefined && { PYTHONPATH: folder }),
    HOME: homedir(),
    TMPDIR: tmpdir(),
    LANG: 'C.UTF-8',
    MPLBACKEND: 'Agg',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUTF8: '1',
  }
}

async function interpretersOf({ python, virtualEnv }: UnsafeLocalExecutorOptions): Promise<Interpreters> {
  const [sh] = findPrograms('sh')
  const [bash] = findPrograms('bash')
  const own = virtualEnv === undefined ? undefined : pythonOf(virtualEnv)
  const wanted = python ?? own
  let found: string | undefined
  for await (const { executable } of pythons(wanted)) {
    found = executable
    break
  }
  return {
    node: process.execPath,
    ...(found !== undefined && { python: found }),
    ...(sh !== undefined && { sh }),
    ...(bash !== undefined && { bash }),
  }
}
