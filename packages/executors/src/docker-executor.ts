import type { CodeBlock, CodeExecutor, ExecuteOptions, Execution, ExecutionLimits, Isolation } from 'conversable'
import { DockerPlace } from './docker/docker-place.ts'
import { dockerSettings, type DockerExecutorOptions } from './docker/options.ts'
import { orAborted } from './docker/or-aborted.ts'
import { LANGUAGES, labelsOf } from './languages.ts'
import { PROCESS_RANGES } from './limits.ts'
import { Once } from './once.ts'
import { runBlocks } from './run-blocks.ts'
import { RunningExecutions } from './running-executions.ts'
import { silencePip } from './silence-pip.ts'
import { whyNot } from './why-not.ts'

/**
 * Runs code in a container of Docker or Podman: Python, shell, and what else the image has. The package `dockerode` is an
 * optional peer, loaded on first use.
 *
 * One container is kept, and each block is a program of its own in it, with no network, no capabilities, no files but the
 * work folder, and hard bounds on memory, processes and processor; the disk is looked at ten times a second. At a limit, on
 * abort, and when a block leaves something running, the container is ended with all that is in it, and the next block gets
 * a fresh one; files of the work folder stay. Runs follow one another.
 *
 * Should this process die, its container ends too, and the engine removes it.
 */
export class DockerExecutor implements CodeExecutor {
  readonly kind: 'docker' | 'podman'
  readonly languages: readonly string[] = labelsOf(LANGUAGES)
  readonly isolation: Isolation
  readonly #limits: ExecutionLimits
  readonly #running = new RunningExecutions('DockerExecutor', { ranges: PROCESS_RANGES, serial: true })
  readonly #disposal = new AbortController()
  readonly #place: Once<DockerPlace>

  constructor(options: DockerExecutorOptions = {}) {
    const settings = dockerSettings(options)
    this.#limits = settings.limits
    this.kind = settings.engine
    this.isolation = Object.freeze({
      files: true,
      network: settings.network === 'none' ? 'none' : 'open',
      secrets: true,
      processes: true,
      limits: 'polled',
      boundary: 'container',
    })
    this.#place = new Once(() => DockerPlace.open({ ...settings, signal: this.#disposal.signal }))
  }

  /** Why such an executor cannot run here, found out by running one; nothing if it can. */
  static async probe(options: DockerExecutorOptions = {}): Promise<string | undefined> {
    await using executor = new DockerExecutor(options)
    return await whyNot(executor, { language: 'sh', code: 'exit 0' })
  }

  /**
   * Starts to run blocks; see {@link CodeExecutor.execute}.
   *
   * @throws ConfigurationError for blocks and options that cannot work, CodeExecutorError after disposal.
   */
  execute(blocks: readonly CodeBlock[], options: ExecuteOptions = {}): Execution {
    return this.#running.start({ blocks, options, limits: this.#limits }, async (controls, limits) => {
      const { signal } = controls
      const place = await orAborted(this.#place.get(), signal)
      const container = place && (await orAborted(place.container(limits), signal))
      const runner = container ? await place.runner(limits, { ...options, signal }) : { limits, run: aborted }
      return runBlocks(blocks.map(silencePip), runner, controls)
    })
  }

  /** Ends what runs in the container, and deletes what programs wrote, when the runs that go on have ended. A `workDir` is left as it is. */
  async restart(): Promise<void> {
    await this.#running.settled()
    await (await this.#place.ifMade())?.clear()
  }

  /** Ends all runs, and removes the container and the work folder. A `workDir` is left as it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal.abort()
    await this.#running.dispose()
    await (await this.#place.ifMade())?.close()
  }
}

async function aborted(): Promise<{ readonly exitCode: number; readonly reason: 'aborted' }> {
  return { exitCode: 137, reason: 'aborted' }
}
