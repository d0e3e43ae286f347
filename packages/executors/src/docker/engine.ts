import { Agent } from 'node:http'
import type Dockerode from 'dockerode'
import { CodeExecutorError } from 'conversable'
import type { EngineName } from './engine-socket.ts'

/** What an engine is asked to run programs in. */
export interface ImageOptions {
  readonly image: string
  /** Whether an image that the engine does not have is fetched. */
  readonly pull: boolean
  readonly signal: AbortSignal
}

const NAMES = Object.freeze({ docker: 'Docker', podman: 'Podman' })
const ANSWER_MS = 10_000

/** A container engine that answers. */
export class Engine {
  readonly api: Dockerode
  /** Whether the engine runs without rights, so that its root is the user that it runs as. */
  readonly isRootless: boolean
  readonly #name: EngineName
  readonly #socket: string
  readonly #agent: Agent

  private constructor(api: Dockerode, isRootless: boolean, rest: { name: EngineName; socket: string; agent: Agent }) {
    this.api = api
    this.isRootless = isRootless
    this.#name = rest.name
    this.#socket = rest.socket
    this.#agent = rest.agent
  }

  /**
   * Finds out whether an engine answers, and whether it can hold programs in.
   *
   * @throws CodeExecutorError that says what to do.
   */
  static async open(name: EngineName, socket: string): Promise<Engine> {
    const agent = new Agent({ keepAlive: true })
    try {
      const Client = await loadDockerode()
      // Only here: the stream of a program that is silent for longer must not break off.
      const info = await answered(new Client({ socketPath: socket, timeout: ANSWER_MS }), name, socket)
      // Read by dockerode, and not among its types.
      const options: Dockerode.DockerOptions & { readonly agent: Agent } = { socketPath: socket, agent }
      const api = new Client(options)
      if (info.OSType !== 'linux') {
        throw unusable(
          `The ${NAMES[name]} engine at ${socket} runs ${info.OSType} containers. Switch it to Linux ones.`,
        )
      }
      if (!info.MemoryLimit || !info.PidsLimit) {
        throw unusable(
          `The ${NAMES[name]} engine at ${socket} cannot bound memory and processes. It needs cgroups of version 2, or root.`,
        )
      }
      const isRootless = info.SecurityOptions.some((option) => option.includes('rootless'))
      return new Engine(api, isRootless, { name, socket, agent })
    } catch (error) {
      agent.destroy()
      throw error
    }
  }

  /**
   * Sees to it that there is an image.
   *
   * @returns Where its programs are looked for, as in PATH.
   * @throws CodeExecutorError that says how to get it.
   */
  async useImage({ image, pull, signal }: ImageOptions): Promise<string> {
    let found = await this.#inspect(image)
    if (!found && pull) {
      await this.#pull(image, signal)
      found = await this.#inspect(image)
    }
    if (!found) {
      throw unusable(
        `The ${NAMES[this.#name]} engine at ${this.#socket} has no image ${JSON.stringify(image)}. ` +
          `Run: ${this.#name} pull ${image} (or set pull: true).`,
      )
    }
    const path = found.Config.Env?.find((variable) => variable.startsWith('PATH='))
    return path?.slice('PATH='.length) ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  }

  /** Lets go of the connections. */
  close(): void {
    this.#agent.destroy()
  }

  async #inspect(image: string): Promise<Dockerode.ImageInspectInfo | undefined> {
    return this.api
      .getImage(image)
      .inspect()
      .catch((error: unknown) => {
        if (statusOf(error) === 404) return undefined
        throw engineFailed(`The image ${JSON.stringify(image)} could not be looked at`, error)
      })
  }

  async #pull(image: string, signal: AbortSignal): Promise<void> {
    try {
      const progress = await this.api.pull(image, { abortSignal: signal })
      await new Promise<void>((resolve, reject) => {
        this.api.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()))
      })
    } catch (error) {
      throw engineFailed(`The image ${JSON.stringify(image)} could not be pulled`, error)
    }
  }
}

/** That an engine did not do what it was asked for, as an error with the engine's own words. */
export function engineFailed(what: string, error: unknown): CodeExecutorError {
  if (error instanceof CodeExecutorError) return error
  return new CodeExecutorError(`${what}: ${problemOf(error)}`, {
    retryable: statusOf(error) === undefined,
    cause: error,
  })
}

/** What an engine answered, as HTTP knows it; nothing if it did not answer. */
export function statusOf(error: unknown): number | undefined {
  const { statusCode } = error as { readonly statusCode?: unknown }
  return typeof statusCode === 'number' ? statusCode : undefined
}

function problemOf(error: unknown): string {
  // Behind the status, as dockerode writes it, stands what the engine says.
  return (error instanceof Error ? error.message : String(error)).replace(/^\(HTTP code \d+\) [\w ]+ - /, '').trim()
}

async function loadDockerode(): Promise<typeof Dockerode> {
  try {
    return (await import('dockerode')).default
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw unusable('The package dockerode is not installed. Run: npm install dockerode')
  }
}

/** What is asked of an engine before anything is run by it. */
interface EngineInfo {
  readonly OSType: string
  readonly MemoryLimit: boolean
  readonly PidsLimit: boolean
  readonly SecurityOptions: readonly string[]
}

async function answered(api: Dockerode, name: EngineName, socket: string): Promise<EngineInfo> {
  try {
    // Typed as anything by dockerode; the engine's interface has these since version 1.40.
    const info = (await api.info()) as Partial<EngineInfo>
    const { OSType = '', MemoryLimit = false, PidsLimit = false, SecurityOptions } = info
    return { OSType, MemoryLimit, PidsLimit, SecurityOptions: SecurityOptions ?? [] }
  } catch (error) {
    const { code } = error as { readonly code?: unknown }
    const advice =
      code === 'EACCES'
        ? `You may not use it: add your user to the group that ${socket} belongs to, or run the engine as your own user.`
        : `Start ${NAMES[name]}, or give the socket of an engine that runs, as in { socket: '/path/to/engine.sock' }.`
    const message = `No ${NAMES[name]} engine answers at ${socket} (${problemOf(error)}). ${advice} Nothing was run.`
    throw new CodeExecutorError(message, { retryable: false, cause: error })
  }
}

function unusable(message: string): CodeExecutorError {
  return new CodeExecutorError(message, { retryable: false })
}
