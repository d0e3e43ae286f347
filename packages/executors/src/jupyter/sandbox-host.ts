import { type ExecutionLimits, type Isolation } from 'conversable'
import { BUBBLEWRAP_ISOLATION, openBubblewrap } from '../bubblewrap/open.ts'
import type { Sandbox } from '../bubblewrap/sandbox.ts'
import { writeInto } from '../code-file.ts'
import type { GivenFunctions } from '../functions/given-functions.ts'
import { LANGUAGES, labelsOf, languageNamed } from '../languages.ts'
import { Once } from '../once.ts'
import type { BlockEnd, BlockRunner, BlockTurn } from '../run-blocks.ts'
import type { Workplace } from '../workplace.ts'
import type { ExecutionRequest, KernelHost } from './kernel-host.ts'
import type { Kernel } from './kernel.ts'
import { lineReader } from './line-reader.ts'
import { runCell, type CellRequest } from './run-cell.ts'
import { startKernel } from './sandboxed-kernel.ts'

/** What a {@link SandboxHost} is made of. */
export interface SandboxHostOptions {
  readonly workDir?: string
  readonly python?: string
  /** Functions that programs can import. */
  readonly functions: GivenFunctions | undefined
  readonly limits: ExecutionLimits
}

/**
 * Keeps a kernel in a sandbox. All languages but Python run in sandboxes of their own around the same folder. While
 * nothing is executed, and while files are looked at, the kernel and all that it started stand still.
 */
export class SandboxHost implements KernelHost {
  readonly languages: readonly string[] = labelsOf(LANGUAGES)
  readonly isolation: Isolation = BUBBLEWRAP_ISOLATION
  readonly #limits: ExecutionLimits
  readonly #functions: GivenFunctions | undefined
  readonly #place: Once<Workplace<Sandbox>>
  #kernel: Kernel | undefined

  constructor(options: SandboxHostOptions) {
    this.#limits = options.limits
    this.#functions = options.functions
    this.#place = new Once(() => openBubblewrap({ ...options, copy: false }))
  }

  async runner({ blocks, limits, options, signal }: ExecutionRequest): Promise<BlockRunner> {
    const place = await this.#place.get()
    // Before the time of the blocks begins.
    if (blocks.some(({ language }) => isPython(language))) await this.#start(place, signal)
    const shown = new Set<string>()
    const request = {
      limits,
      env: options.env,
      readLine: lineReader(options.stdin),
      save: async (name: string, content: string | Uint8Array) => {
        shown.add(name)
        const { folder, inside, uid } = place
        await writeInto(folder.path, { name, content, ...(uid !== undefined && { uid }) })
        return `${inside}/${name}`
      },
    }
    const runText = (code: string, turn: BlockTurn): Promise<BlockEnd> => this.#run(place, { ...request, code }, turn)
    const runner = await place.runner(blocks, {
      ...options,
      limits,
      signal,
      functions: this.#functions,
      runText: ({ name }) => (name === 'python' ? runText : undefined),
    })
    const found = async (): ReturnType<NonNullable<BlockRunner['artifacts']>> => (await runner.artifacts?.()) ?? []
    return {
      ...runner,
      artifacts: async () =>
        (await found()).map((file) => (shown.has(file.path) ? { ...file, origin: 'display' } : file)),
    }
  }

  async restart(): Promise<void> {
    await this.#kernel?.end()
    await (await this.#place.ifMade())?.folder.clear()
  }

  async dispose(): Promise<void> {
    await this.#kernel?.end()
    await (await this.#place.ifMade())?.close()
  }

  async #run(place: Workplace<Sandbox>, request: CellRequest, turn: BlockTurn): Promise<BlockEnd> {
    const kernel = await this.#start(place, turn.signal)
    if (!kernel) return { exitCode: 137, reason: 'aborted' }
    kernel.resume()
    try {
      return await runCell(kernel, request, turn)
    } finally {
      await kernel.pause()
    }
  }

  /** Gives the kernel, which stands still; nothing if it is called off. */
  async #start(place: Workplace<Sandbox>, signal: AbortSignal): Promise<Kernel | undefined> {
    if (this.#kernel && !this.#kernel.isEnded) return this.#kernel
    try {
      this.#kernel = await startKernel(place, this.#limits, signal)
      await this.#kernel.pause()
      return this.#kernel
    } catch (error) {
      if (signal.aborted) return undefined
      throw error
    }
  }
}

function isPython(label: string): boolean {
  return languageNamed(label)?.name === 'python'
}
