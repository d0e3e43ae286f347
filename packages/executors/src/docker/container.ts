import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type Dockerode from 'dockerode'
import type { ExecutionLimits } from 'conversable'
import type { BlockEnd } from '../run-blocks.ts'
import { containerSettings, IDLE_PROCESSES, type ContainerParts } from './container-settings.ts'
import { engineFailed, statusOf, type Engine } from './engine.ts'
import { runProgram, type Program, type ProgramWatch } from './run-program.ts'
import { Stopping } from './stopping.ts'

/** How long what a program left has to end by itself, and how often it is looked for. */
const LEFT_MS = 60
const LOOKS = 3

/** A container in which commands are run, one after another, until one leaves something behind. */
export class Container {
  readonly limits: ExecutionLimits
  readonly #container: Dockerode.Container
  readonly #connections: Socket[] = []
  #isOver = false
  #stopping: Stopping | undefined

  private constructor(container: Dockerode.Container, limits: ExecutionLimits) {
    this.#container = container
    this.limits = limits
  }

  /**
   * Starts a container.
   *
   * @throws CodeExecutorError with what the engine says; there is then no container.
   */
  static async start({ api }: Engine, parts: ContainerParts, limits: ExecutionLimits): Promise<Container> {
    let container: Container | undefined
    try {
      container = new Container(await api.createContainer(containerSettings(parts, limits)), limits)
      await container.#start(api)
      return container
    } catch (error) {
      await container?.end()
      throw engineFailed(`A container of the image ${JSON.stringify(parts.image)} could not be started`, error)
    }
  }

  /** Whether nothing can be run in it any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /**
   * Runs a command until nothing of it is left. Where something was, or was ended, the container is over.
   *
   * @throws CodeExecutorError when the engine fails.
   */
  async run(program: Program, watch: ProgramWatch): Promise<BlockEnd> {
    if (watch.signal.aborted) return { exitCode: 137, reason: 'aborted' }
    const stopping = new Stopping(() => this.#kill())
    this.#stopping = stopping
    try {
      const end = await runProgram(this.#container, program, { ...watch, stopping })
      if (!this.#isOver && !(await this.#isIdle())) await this.#kill()
      return end
    } catch (error) {
      await this.#kill().catch(() => {})
      throw engineFailed('The container was lost', error)
    } finally {
      this.#stopping = undefined
    }
  }

  /** Ends all that runs in it, and waits until the engine has removed it. */
  async end(): Promise<void> {
    this.#isOver = true
    try {
      await this.#container.remove({ force: true, v: true }).catch(unlessGone)
      await this.#container.wait({ condition: 'removed' }).catch(unlessGone)
    } catch (error) {
      throw engineFailed('The container could not be removed', error)
    } finally {
      for (const connection of this.#connections) connection.destroy()
    }
  }

  async #start(api: Dockerode): Promise<void> {
    const container = this.#container
    const held = await container.attach({ stream: true, stdin: true, hijack: true })
    this.#hold(held, () => (this.#isOver = true))
    const filters = JSON.stringify({ container: [container.id], event: ['oom'] })
    const events = await api.getEvents({ filters })
    events.on('data', () => this.#stopping?.stop('memory'))
    this.#hold(events)
    await container.start()
  }

  /** Keeps a connection as long as the container, without keeping this process from its end. */
  #hold(stream: NodeJS.ReadableStream, onClose = (): void => {}): void {
    // A socket, or an answer that comes through one; dockerode's types know neither.
    const { socket = stream } = stream as unknown as { readonly socket?: Socket }
    const connection = socket as Socket
    connection.unref()
    this.#connections.push(connection)
    stream.on('error', () => {}).on('close', onClose)
    stream.resume()
  }

  /** Whether nothing runs in it, and more can. What has just ended is counted a moment longer. */
  async #isIdle(): Promise<boolean> {
    for (let look = 0; look < LOOKS; look += 1) {
      const processes = await this.#processes()
      if (processes <= IDLE_PROCESSES) return processes > 0
      await delay(LEFT_MS / LOOKS)
    }
    return false
  }

  /** How many processes there are in it; none if it is gone. */
  async #processes(): Promise<number> {
    try {
      const { Processes: rows } = await this.#container.top()
      if (rows.length > 0) return rows.length
      // Podman lists nothing here. It counts threads, too, and Docker takes a second for it.
      const { pids_stats: pids } = await this.#container.stats({ stream: false, 'one-shot': true })
      return pids?.current ?? 0
    } catch (error) {
      unlessGone(error)
      return 0
    }
  }

  /** Ends all that runs in it; the engine then removes it. */
  async #kill(): Promise<void> {
    this.#isOver = true
    await this.#container.kill().catch(unlessGone)
  }
}

/** That a container is not there, not running, or being removed, which is what was wanted; or that there is no engine, and so none. */
function unlessGone(error: unknown): void {
  const status = statusOf(error)
  if (status === undefined || status === 404 || status === 409) return
  throw error
}
