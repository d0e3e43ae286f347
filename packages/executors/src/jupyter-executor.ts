import type { CodeBlock, CodeExecutor, ExecuteOptions, Execution, ExecutionLimits, Isolation } from 'conversable'
import { checkOptions, refused } from './check-execution.ts'
import { checkWorkDir } from './check-work-dir.ts'
import { GivenFunctions } from './functions/given-functions.ts'
import { FUNCTION_OPTIONS, type FunctionOptions } from './functions/python-function.ts'
import type { KernelHost } from './jupyter/kernel-host.ts'
import { SandboxHost } from './jupyter/sandbox-host.ts'
import type { JupyterServer } from './jupyter/jupyter-server.ts'
import { ServerHost } from './jupyter/server-host.ts'
import { DEFAULT_LIMITS, limitsOver, PROCESS_RANGES, type LimitRanges } from './limits.ts'
import { quote } from './quote.ts'
import { runBlocks } from './run-blocks.ts'
import { RunningExecutions } from './running-executions.ts'
import { silencePip } from './silence-pip.ts'
import { whyNot } from './why-not.ts'

/** What a {@link JupyterExecutor} is made of. */
export interface JupyterExecutorOptions extends FunctionOptions {
  /** A folder that programs work in and that is kept. Default: a fresh one, which is deleted on disposal. */
  readonly workDir?: string
  /** Bounds on every run that has no bounds of its own. `fileBytes` is that of the kernel, from its start. */
  readonly limits?: Partial<ExecutionLimits>
  /** A Python with `ipykernel`, by name or path. Default: the first on the PATH that has it and runs in the sandbox. */
  readonly python?: string
  /**
   * A Jupyter server that runs already, on which a kernel is started instead of in a sandbox. `workDir` is then where
   * that is saved which programs display, and there are no `functions`.
   */
  readonly server?: JupyterServer
}

const OPTIONS = Object.freeze(['workDir', 'limits', 'python', 'server', ...FUNCTION_OPTIONS])
const RANGES: LimitRanges = Object.freeze({
  ...PROCESS_RANGES,
  // What a kernel takes to start, with its threads.
  memoryBytes: [128 * 1024 * 1024, Number.MAX_SAFE_INTEGER] as const,
  processes: [32, 100_000] as const,
})

/**
 * Runs Python in a Jupyter kernel, which keeps its variables between blocks and executions as a notebook does, until
 * {@link restart}. The kernel is `ipykernel` inside the sandbox that {@link BubblewrapExecutor} has, and is spoken with
 * over sockets in memory: it has no network, and no files but the work folder. Shell, JavaScript and TypeScript run as
 * programs of their own in the same folder. With `server` it is a kernel of a Jupyter server instead, for Python alone,
 * and what it can reach there is unknown here.
 *
 * What a program displays is an event `display` and, if it is an image, a PDF or HTML, a file in the work folder and an
 * artifact; the output then says where it is, as AutoGen does. A failed block ends with exit code 1 and `ERROR: …`.
 * `stdin` answers `input()` line by line, and variables of `env` are set for one run: programs may remember them.
 *
 * At the limit of time and on abort the kernel is interrupted. If it obeys within 300 ms its variables stay; if not, and at
 * every other limit, it is ended, and the output says that they are gone. The next run has another kernel. What
 * programs leave running goes on with the next run, as do threads: between executions all of it stands still. A run's
 * own `fileBytes` is not looked at, as that is set when the kernel starts; in a kernel of a server there are the limits
 * of time and of output alone.
 */
export class JupyterExecutor implements CodeExecutor {
  readonly kind = 'jupyter'
  readonly languages: readonly string[]
  readonly isolation: Isolation
  readonly #limits: ExecutionLimits
  readonly #host: KernelHost
  readonly #running = new RunningExecutions('JupyterExecutor', { ranges: RANGES, serial: true })

  constructor(options: JupyterExecutorOptions = {}) {
    checkOptions('JupyterExecutor', options, OPTIONS)
    const { workDir, python, server } = options
    checkWorkDir('JupyterExecutor', workDir, options)
    if (server !== undefined) checkServer(server, options)
    const advice = 'Give the executor a python that has it.'
    const functions = GivenFunctions.from({ name: 'JupyterExecutor', advice }, options)
    this.#limits = limitsOver(DEFAULT_LIMITS, options.limits, RANGES)
    this.#host = server
      ? new ServerHost(server, workDir)
      : new SandboxHost({
          limits: this.#limits,
          functions,
          ...(workDir !== undefined && { workDir }),
          ...(python !== undefined && { python }),
        })
    this.languages = this.#host.languages
    this.isolation = this.#host.isolation
  }

  /** Why such an executor cannot run here, found out by running a line in a kernel; nothing if it can. */
  static async probe(options: JupyterExecutorOptions = {}): Promise<string | undefined> {
    await using executor = new JupyterExecutor(options)
    return await whyNot(executor, { language: 'python', code: 'print(6 * 7)' })
  }

  /**
   * Starts to run blocks; see {@link CodeExecutor.execute}.
   *
   * @throws ConfigurationError for blocks and options that cannot work, CodeExecutorError after disposal.
   */
  execute(blocks: readonly CodeBlock[], options: ExecuteOptions = {}): Execution {
    return this.#running.start({ blocks, options, limits: this.#limits }, async (controls, limits) => {
      const quiet = blocks.map(silencePip)
      const runner = await this.#host.runner({ blocks: quiet, limits, options, signal: controls.signal })
      return runBlocks(quiet, runner, controls)
    })
  }

  /** Forgets variables and what programs wrote, when the runs that go on have ended. A `workDir` is left as it is. */
  async restart(): Promise<void> {
    await this.#running.settled()
    await this.#host.restart()
  }

  /** Ends all runs and the kernel with all that it has started, and deletes the work folder. A `workDir` is left as it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.dispose()
    await this.#host.dispose()
  }
}

function checkServer(server: unknown, { python, functions }: JupyterExecutorOptions): void {
  checkOptions('server of JupyterExecutor', server, ['baseUrl', 'token', 'kernelName'])
  // Just seen to be an object with none but these.
  const { baseUrl, token, kernelName } = server as Readonly<Record<keyof JupyterServer, unknown>>
  if (typeof baseUrl !== 'string' || !/^https?:$/.test(URL.parse(baseUrl)?.protocol ?? '')) {
    throw refused(`JupyterExecutor has ${quote(baseUrl)} as baseUrl of its server. Give one as http://127.0.0.1:8888.`)
  }
  if (
    (token !== undefined && typeof token !== 'string') ||
    (kernelName !== undefined && typeof kernelName !== 'string')
  ) {
    throw refused('JupyterExecutor has a token or a kernelName that is no text. Give texts.')
  }
  if (python !== undefined) {
    throw refused('JupyterExecutor was given python and server. The server has its own Python: give its kernelName.')
  }
  if (functions !== undefined) {
    throw refused(
      'JupyterExecutor was given functions and server. A kernel of a server has none: leave out functions, and run a block ' +
        'that defines them first.',
    )
  }
}
