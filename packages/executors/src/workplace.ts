import type { CodeBlock, ExecuteOptions, ExecutionLimits } from 'conversable'
import { aborted } from './aborted.ts'
import type { CommandSandbox, SandboxCommand } from './command-sandbox.ts'
import { fileRunner, type FileRunnerOptions } from './file-runner.ts'
import { Interpreters } from './interpreters.ts'
import { languageNamed, type Language } from './languages.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { ownUid, releaseUid } from './own-uid.ts'
import type { BlockEnd, BlockRunner, BlockTurn } from './run-blocks.ts'
import { giveTo, WorkFolder } from './work-folder.ts'

/** Where programs work, and as whom. */
export interface Place {
  readonly folder: WorkFolder
  /** Where programs see the folder. */
  readonly inside: string
  /** Whom they run as. Default: as the host. */
  readonly uid: number | undefined
}

/** What a {@link Workplace} is made of. */
export interface WorkplaceOptions<Sandbox extends CommandSandbox> {
  /** A folder that is kept. Default: a fresh one, which is deleted in the end. */
  readonly workDir: string | undefined
  /** Where programs see a fresh folder. Default: where it is. */
  readonly inside?: string
  readonly python: string | undefined
  readonly makeSandbox: (place: Place) => Promise<Sandbox>
}

/** How to run blocks at a place. */
export interface RunnerOptions
  extends Omit<ExecuteOptions, 'limits'>, Pick<FileRunnerOptions, 'functions' | 'runText'> {
  readonly limits: ExecutionLimits
  readonly signal: AbortSignal
}

/** What libraries reserve that a Python loads and does not use. */
const ADDRESS_ROOM_BYTES = 256 * 1024 * 1024

/** A work folder, a sandbox around it, and the programs of the machine that run code there. */
export class Workplace<Sandbox extends CommandSandbox = CommandSandbox> implements Place {
  readonly folder: WorkFolder
  readonly inside: string
  readonly uid: number | undefined
  readonly sandbox: Sandbox
  readonly #interpreters: Interpreters

  private constructor({ folder, inside, uid }: Place, sandbox: Sandbox, python: string | undefined) {
    this.folder = folder
    this.inside = inside
    this.uid = uid
    this.sandbox = sandbox
    this.#interpreters = new Interpreters((command, readable) => this.#works(command, readable), python)
  }

  /** @throws CodeExecutorError when there can be no such sandbox here. */
  static async open<Made extends CommandSandbox>(options: WorkplaceOptions<Made>): Promise<Workplace<Made>> {
    const { workDir, inside, python, makeSandbox } = options
    const uid = ownUid()
    const folder = await WorkFolder.open(workDir, uid)
    try {
      if (!folder.isOwn && uid !== undefined) await giveTo(uid, folder.path)
      const place = { folder, inside: folder.isOwn ? (inside ?? folder.path) : folder.path, uid }
      return new Workplace(place, await makeSandbox(place), python)
    } catch (error) {
      await folder.dispose()
      releaseUid(uid)
      throw error
    }
  }

  /**
   * What runs the blocks of one execution, each as a program of its own, apart from those that `runText` takes. What is
   * found out once, such as which Python runs here, is found out before the time of the blocks begins.
   */
  async runner(blocks: readonly CodeBlock[], options: RunnerOptions): Promise<BlockRunner> {
    const { limits, signal, env, stdin, files, functions, runText } = options
    const languages = new Set(blocks.map(({ language }) => languageNamed(language)).filter((one) => one !== undefined))
    const found = [...languages].filter((one) => one.runs && !runText?.(one)).map((one) => this.#interpreters.find(one))
    await Promise.race([Promise.all(found), aborted(signal)])
    const input = {
      // A program may lie in a folder below that of the module.
      env: { ...(functions && { PYTHONPATH: this.inside }), ...env },
      ...(stdin !== undefined && { stdin }),
    }
    return fileRunner({
      limits,
      signal,
      folder: this.folder.path,
      inside: this.inside,
      ...(this.uid !== undefined && { uid: this.uid }),
      files,
      functions,
      ...(runText && { runText }),
      commandFor: (language, file) => this.#interpreters.commandFor(language, file),
      run: (command, turn, language) => this.#run({ command, limits, ...input }, turn, language),
    })
  }

  /** The first Python that runs in the sandbox and can import all of these. */
  pythonWith(modules: readonly string[]): ReturnType<Interpreters['pythonWith']> {
    return this.#interpreters.pythonWith(modules)
  }

  /** Deletes a folder of its own, and gives one that was asked for back to whoever runs the host. */
  async close(): Promise<void> {
    await this.sandbox.close?.()
    if (!this.folder.isOwn && this.uid !== undefined) await giveTo(0, this.folder.path)
    await this.folder.dispose()
    releaseUid(this.uid)
  }

  async #run(request: SandboxCommand, turn: BlockTurn, language: Language): Promise<BlockEnd> {
    const readable = (await this.#interpreters.find(language))?.readable ?? []
    const { exitCode, reason } = await this.sandbox.run(
      { ...request, readable, ...(language.name === 'python' && { addressRoomBytes: ADDRESS_ROOM_BYTES }) },
      { signal: turn.signal, timeoutMs: turn.leftMs, onOutput: turn.onOutput },
    )
    return { exitCode, ...(reason !== undefined && { reason }) }
  }

  async #works(command: readonly string[], readable: readonly string[]): Promise<boolean> {
    const watch = { signal: AbortSignal.timeout(10_000), timeoutMs: 10_000, onOutput: () => false }
    const end = await this.sandbox.run({ command, limits: DEFAULT_LIMITS, readable }, watch).catch(() => undefined)
    return end?.exitCode === 0
  }
}
