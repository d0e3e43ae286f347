import type { CodeBlock, CodeExecutor, ExecuteOptions, Execution, ExecutionLimits, Isolation } from 'conversable'
import { selfTest } from './bubblewrap/self-test.ts'
import { checkOptions, refused } from './check-execution.ts'
import { checkWorkDir } from './check-work-dir.ts'
import { GivenFunctions } from './functions/given-functions.ts'
import { FUNCTION_OPTIONS, type FunctionOptions } from './functions/python-function.ts'
import { LANGUAGES, labelsOf } from './languages.ts'
import { DEFAULT_LIMITS, limitsOver, PROCESS_RANGES } from './limits.ts'
import { quote } from './quote.ts'
import { RuntimeSandbox } from './sandbox-runtime/runtime-sandbox.ts'
import { whyNot } from './why-not.ts'
import { WorkplaceRuns } from './workplace-runs.ts'
import { Workplace, type Place } from './workplace.ts'

/** What a {@link SandboxRuntimeExecutor} is made of. */
export interface SandboxRuntimeExecutorOptions extends FunctionOptions {
  /** A folder that programs work in and that is kept. Default: a fresh one, which is deleted on disposal. */
  readonly workDir?: string
  /** Bounds on every run that has no bounds of its own. */
  readonly limits?: Partial<ExecutionLimits>
  /** A Python, by name or path. Default: the first on the PATH that runs in the sandbox. */
  readonly python?: string
  /**
   * `none`, or the hosts that programs may reach by HTTP, HTTPS and SOCKS proxies, which their environment names: such as
   * `api.example.com`, `*.example.com` or, with a port, `api.example.com:443`. Default `none`.
   */
  readonly network?: 'none' | readonly string[]
}

const OPTIONS = Object.freeze(['workDir', 'limits', 'python', 'network', ...FUNCTION_OPTIONS])
const HOST = /^(?:\*\.)?[\w-]+(?:\.[\w-]+)*(?::\d{1,5})?$|^\[[\da-fA-F:.]+\](?::\d{1,5})?$/

/**
 * Runs Python, shell, JavaScript and TypeScript shut in by `@anthropic-ai/sandbox-runtime`, each block in a sandbox of its
 * own: on Linux in namespaces, on macOS by Seatbelt. Unlike other executors it can let programs reach some hosts, and no
 * others, by a proxy outside of the sandbox. On Linux it needs bubblewrap, socat and ripgrep, even without a network.
 *
 * Programs read the system's programs and the work folder, and have nothing of the host's environment. In place of all
 * other folders they see empty ones in memory, which count for `diskBytes`. Memory, processes and disk are looked at ten
 * times a second. The package keeps its settings for a whole process, so each executor has one of its own for it:
 * several do not get into each other's way. As root that process, its proxy and the programs have a user id of their
 * own.
 */
export class SandboxRuntimeExecutor implements CodeExecutor {
  readonly kind = 'sandbox-runtime'
  readonly languages: readonly string[] = labelsOf(LANGUAGES)
  readonly isolation: Isolation
  readonly #runs: WorkplaceRuns

  constructor(options: SandboxRuntimeExecutorOptions = {}) {
    checkOptions('SandboxRuntimeExecutor', options, OPTIONS)
    const { workDir, python, network = 'none' } = options
    checkWorkDir('SandboxRuntimeExecutor', workDir, options)
    const hosts = network === 'none' ? [] : hostsOf(network)
    const limits = limitsOver(DEFAULT_LIMITS, options.limits, PROCESS_RANGES)
    const advice = 'Give the executor a python that has it.'
    const functions = GivenFunctions.from({ name: 'SandboxRuntimeExecutor', advice }, options)
    this.isolation = Object.freeze({
      files: true,
      network: hosts.length === 0 ? 'none' : 'allow-list',
      secrets: true,
      processes: true,
      limits: 'polled',
      boundary: process.platform === 'linux' ? 'namespace' : 'process',
    })
    const open = (): Promise<Workplace> =>
      Workplace.open({ workDir, python, makeSandbox: (place) => startSandbox(place, hosts, limits) })
    this.#runs = new WorkplaceRuns('SandboxRuntimeExecutor', { limits, functions, open })
  }

  /** Why such an executor cannot run here, found out by running one; nothing if it can. */
  static async probe(options: SandboxRuntimeExecutorOptions = {}): Promise<string | undefined> {
    await using executor = new SandboxRuntimeExecutor(options)
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

/** A sandbox that was seen to keep the limits, where they are kept by the kernel. */
async function startSandbox(place: Place, hosts: readonly string[], limits: ExecutionLimits): Promise<RuntimeSandbox> {
  const sandbox = await RuntimeSandbox.start(place, hosts)
  try {
    if (process.platform === 'linux') await selfTest(sandbox, limits)
    return sandbox
  } catch (error) {
    await sandbox.close()
    throw error
  }
}

function hostsOf(network: unknown): readonly string[] {
  if (!Array.isArray(network)) {
    throw refused(`SandboxRuntimeExecutor has ${quote(network)} as network. Give 'none', or a list of hosts.`)
  }
  return network.map((host: unknown) => {
    if (typeof host === 'string' && HOST.test(host)) return host
    throw refused(
      `SandboxRuntimeExecutor has ${quote(host)} as a host. Give names as api.example.com or *.example.com:443.`,
    )
  })
}
