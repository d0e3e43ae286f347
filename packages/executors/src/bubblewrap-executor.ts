import type { CodeBlock, CodeExecutor, ExecuteOptions, Execution, ExecutionLimits, Isolation } from 'conversable'
import { selfTest } from './bubblewrap/self-test.ts'
import { Interpreters } from './bubblewrap/interpreters.ts'
import { Sandbox, type SandboxCommand } from './bubblewrap/sandbox.ts'
import { checkBlocks, checkEnv, checkOptions, refused } from './check-execution.ts'
import { checkWorkDir } from './check-work-dir.ts'
import { fileRunner } from './file-runner.ts'
import { LANGUAGES, labelsOf, type Language } from './languages.ts'
import { DEFAULT_LIMITS, limitsOver, PROCESS_RANGES } from './limits.ts'
import { ownUid, releaseUid } from './own-uid.ts'
import { quote } from './quote.ts'
import { runBlocks, type BlockEnd, type BlockTurn } from './run-blocks.ts'
import { RunningExecutions } from './running-executions.ts'
import { whyNot } from './why-not.ts'
import { giveTo, WorkFolder } from './work-folder.ts'

/** What a {@link BubblewrapExecutor} is made of. */
export interface BubblewrapExecutorOptions {
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
  /** A Python, by name or path. Default: the first on the PATH that runs in the sandbox. */
  readonly python?: string
}

/** Where programs see a fresh work folder: the same on every machine. */
const INSIDE = '/workspace'
const OPTIONS = Object.freeze(['workDir', 'disk', 'limits', 'python'])

interface Ready {
  readonly folder: WorkFolder
  readonly inside: string
  readonly uid: number | undefined
  readonly sandbox: Sandbox
  readonly interpreters: Interpreters
}

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
  readonly isolation: Isolation = Object.freeze({
    files: true,
    network: 'none',
    secrets: true,
    processes: true,
    limits: 'polled',
    boundary: 'namespace',
  })
  readonly #options: BubblewrapExecutorOptions
  readonly #limits: ExecutionLimits
  readonly #running = new RunningExecutions('BubblewrapExecutor', { serial: true })
  #ready: Promise<Ready> | undefined

  constructor(options: BubblewrapExecutorOptions = {}) {
    checkOptions('BubblewrapExecutor', options, OPTIONS)
    const { workDir, disk } = options
    if (disk !== undefined && disk !== 'memory' && disk !== 'folder') {
      throw refused(`BubblewrapExecutor has ${quote(disk)} as disk. It is 'memory' or 'folder'.`)
    }
    checkWorkDir('BubblewrapExecutor', workDir)
    this.#options = options
    this.#limits = limitsOver(DEFAULT_LIMITS, options.limits, PROCESS_RANGES)
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
    this.#running.check()
    checkBlocks(blocks, 'python')
    checkOptions('BubblewrapExecutor.execute', options, ['signal', 'limits', 'env', 'files', 'stdin'])
    checkEnv(options.env)
    const limits = limitsOver(this.#limits, options.limits, PROCESS_RANGES)
    return this.#running.start(async (controls) => {
      const ready = await this.#open()
      const runner = await fileRunner({
        limits,
        folder: ready.folder.path,
        inside: ready.inside,
        ...(ready.uid !== undefined && { uid: ready.uid }),
        files: options.files,
        commandFor: (language, file) => ready.interpreters.commandFor(language, file),
        run: (command, turn, language) => runIn(ready, { command, limits, ...inputOf(options) }, { turn, language }),
      })
      return runBlocks(blocks, runner, controls)
    }, options.signal)
  }

  /** Deletes what programs wrote, when the runs that go on have ended. A `workDir` is left as it is. */
  async restart(): Promise<void> {
    await this.#running.settled()
    await (await this.#ready)?.folder.clear()
  }

  /** Ends all runs, waits until nothing of them is left, and deletes the work folder. A `workDir` is left as it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.dispose()
    const ready = await this.#ready?.catch(() => undefined)
    if (!ready) return
    const { folder, uid } = ready
    if (!folder.isOwn && uid !== undefined) await giveTo(0, folder.path)
    await folder.dispose()
    releaseUid(uid)
  }

  async #open(): Promise<Ready> {
    this.#ready ??= open(this.#options, this.#limits)
    try {
      return await this.#ready
    } catch (error) {
      // Whatever was in the way may be put right before the next run.
      this.#ready = undefined
      throw error
    }
  }
}

async function open(options: BubblewrapExecutorOptions, limits: ExecutionLimits): Promise<Ready> {
  const { workDir, disk = workDir === undefined ? 'memory' : 'folder', python } = options
  const uid = ownUid()
  const folder = await WorkFolder.open(workDir, uid)
  try {
    if (!folder.isOwn && uid !== undefined) await giveTo(uid, folder.path)
    const inside = folder.isOwn ? INSIDE : folder.path
    const sandbox = await Sandbox.find({ folder, inside, copy: disk === 'memory', uid })
    await selfTest(sandbox, limits)
    const works = async (command: readonly string[], readable: readonly string[]): Promise<boolean> => {
      const watch = { signal: AbortSignal.timeout(10_000), timeoutMs: 10_000, onOutput: () => false }
      const end = await sandbox.run({ command, limits: DEFAULT_LIMITS, readable }, watch).catch(() => undefined)
      return end?.exitCode === 0
    }
    return { folder, inside, uid, sandbox, interpreters: new Interpreters(works, python) }
  } catch (error) {
    await folder.dispose()
    releaseUid(uid)
    throw error
  }
}

async function runIn(
  { sandbox, interpreters }: Ready,
  request: SandboxCommand,
  { turn, language }: { readonly turn: BlockTurn; readonly language: Language },
): Promise<BlockEnd> {
  const readable = await interpreters.readableFor(language)
  const { exitCode, reason } = await sandbox.run(
    { ...request, readable, bound: language.name === 'python' },
    { signal: turn.signal, timeoutMs: turn.leftMs, onOutput: turn.onOutput },
  )
  return { exitCode, ...(reason !== undefined && { reason }) }
}

function inputOf({ env, stdin }: ExecuteOptions): Pick<SandboxCommand, 'env' | 'stdin'> {
  return { ...(env !== undefined && { env }), ...(stdin !== undefined && { stdin }) }
}
