import type { CodeBlock, CodeExecutor, ExecuteOptions, Execution, ExecutionLimits, Isolation } from 'conversable'
import { BUBBLEWRAP_ISOLATION, openBubblewrap } from './bubblewrap/open.ts'
import { checkOptions, refused } from './check-execution.ts'
import { checkWorkDir } from './check-work-dir.ts'
import { GivenFunctions } from './functions/given-functions.ts'
import { FUNCTION_OPTIONS, type FunctionOptions } from './functions/python-function.ts'
import { LANGUAGES, labelsOf } from './languages.ts'
import { DEFAULT_LIMITS, limitsOver, PROCESS_RANGES } from './limits.ts'
import { quote } from './quote.ts'
import { checkVirtualEnv } from './virtual-environment.ts'
import { whyNot } from './why-not.ts'
import { WorkplaceRuns } from './workplace-runs.ts'
import type { Workplace } from './workplace.ts'

/** What a {@link BubblewrapExecutor} is made of. */
export interface BubblewrapExecutorOptions extends FunctionOptions {
  /** A folder that programs work in and that is kept. Default: a fresh one, which is deleted on disposal. */
  readonly workDir?: string
  /**
   * Where programs write. `memory`: in a copy of the work folder that cannot grow beyond `diskBytes`, and that is
   * written back when a block has ended by itself. `folder`: in the folder itself, whose size is looked at ten times a
   * second. Default: `memory`, and `folder` for a `workDir`.
   */
  readonly disk?: 'memory' | 'folder'
  /** Bounds on every run that has no bounds of its own. */
  readonly limits?: Partial<ExecutionLimits>
  /** A Python, by name or path. Default: that of `virtualEnv`, or the first on the PATH that runs in the sandbox. */
  readonly python?: string
  /**
   * The folder of a virtual environment, as `createVirtualEnvironment()` makes it: programs use its packages, and can
   * change none of them. Packages of `functions` are installed into it.
   */
  readonly virtualEnv?: string
}

const OPTIONS = Object.freeze(['workDir', 'disk', 'limits', 'python', 'virtualEnv', ...FUNCTION_OPTIONS])

/**
 * Runs Python, shell, JavaScript and TypeScript on Linux, each block in a fresh sandbox of kernel namespaces that
 * `bwrap` makes: no network, no files but the system's programs and the work folder, no environment, no other
 * processes. The host needs no rights for it; as root, the code runs as a user of its own.
 *
 * Blocks and runs share the work folder and nothing else; runs follow one another. `memory` of a single Python is bounded
 * hard, that of all processes together is looked at ten times a second. What a program wrote that was ended by a limit is
 * lost where `disk` is `memory`.
 */
export class BubblewrapExecutor implements CodeExecutor {
  readonly kind = 'bubblewrap'
  readonly languages: readonly string[] = labelsOf(LANGUAGES)
  readonly isolation: Isolation = BUBBLEWRAP_ISOLATION
  readonly #runs: WorkplaceRuns

  constructor(options: BubblewrapExecutorOptions = {}) {
    checkOptions('BubblewrapExecutor', options, OPTIONS)
    const { workDir, disk, virtualEnv } = options
    if (disk !== undefined && disk !== 'memory' && disk !== 'folder') {
      throw refused(`BubblewrapExecutor has ${quote(disk)} as disk. It is 'memory' or 'folder'.`)
    }
    if (virtualEnv !== undefined) checkVirtualEnv('BubblewrapExecutor', virtualEnv)
    checkWorkDir('BubblewrapExecutor', workDir, options)
    const limits = limitsOver(DEFAULT_LIMITS, options.limits, PROCESS_RANGES)
    const functions = GivenFunctions.from({ name: 'BubblewrapExecutor', packages: options.virtualEnv }, options)
    this.#runs = new WorkplaceRuns('BubblewrapExecutor', { limits, functions, open: () => open(options, limits) })
  }

  /** Why such an executor cannot run here, found out by running one; nothing if it can. */
  static async probe(options: BubblewrapExecutorOptions = {}): Promise<string | undefined> {
    await using executor = new BubblewrapExecutor(options)
    return await whyNot(executor, { language: 'sh', code: 'exit 0' })
  }

  /**
   * Starts to run blocks; see {@link CodeExecutor.execute}.
   *
   * @throws ConfigurationError for blocks and options that cannot work, CodeExecutorError after disposal.
   */
  execute(blocks: readonly CodeBlock[], options: ExecuteOptions = {}): Execution {
    return this.#runs.start(blocks, options)
  }

  /** Deletes what programs wrote, when the runs that go on have ended. A `workDir` is left as it is. */
  async restart(): Promise<void> {
    await this.#runs.clear()
  }

  /** Ends all runs, waits until nothing of them is left, and deletes the work folder. A `workDir` is left as it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runs.dispose()
  }
}

function open(options: BubblewrapExecutorOptions, limits: ExecutionLimits): Promise<Workplace> {
  const { workDir, disk = workDir === undefined ? 'memory' : 'folder' } = options
  return openBubblewrap({ ...options, copy: disk === 'memory', limits })
}
