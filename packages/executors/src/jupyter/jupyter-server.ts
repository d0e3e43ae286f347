import { setTimeout as delay } from 'node:timers/promises'
import { CodeExecutorError } from 'conversable'
import { isObject } from './message.ts'

/** A Jupyter server that runs already. */
export interface JupyterServer {
  /** Such as `http://127.0.0.1:8888`. */
  readonly baseUrl: string
  /** What the server was started with to let people in. Default: none. */
  readonly token?: string
  /** Which of its Python kernels is to be started. Default `python3`. */
  readonly kernelName?: string
}

/** How long a server may take to answer. */
const ANSWER_MS = 30_000
/** How often a kernel is asked to be ended, and how long one waits in between. */
const DELETE_ATTEMPTS = 10
const DELETE_AGAIN_MS = 500

/** Asks a server for kernels, by its REST interface. */
export class ServerClient {
  readonly #server: JupyterServer

  constructor(server: JupyterServer) {
    this.#server = server
  }

  /** What lets a request in. */
  get headers(): Readonly<Record<string, string>> {
    const { token } = this.#server
    return token === undefined ? {} : { Authorization: `token ${token}` }
  }

  /** The address of something of the server's; `ws` for that of a WebSocket. */
  url(path: string, scheme: 'http' | 'ws' = 'http'): URL {
    const { baseUrl } = this.#server
    const url = new URL(path, baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`)
    if (scheme === 'ws') url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    return url
  }

  /**
   * Starts a kernel. Gives its id.
   *
   * @throws CodeExecutorError when the server has no such kernel, does not let us in, or cannot be reached.
   */
  async startKernel(): Promise<string> {
    const { kernelName: name = 'python3' } = this.#server
    const specs = await this.#ask('GET', 'api/kernelspecs')
    const installed = isObject(specs) && isObject(specs['kernelspecs']) ? Object.keys(specs['kernelspecs']) : []
    if (!installed.includes(name)) {
      throw this.#failed(`Kernel ${name} is not installed. There are ${installed.join(', ') || 'none'}.`)
    }
    const kernel = await this.#ask('POST', 'api/kernels', { name })
    const id = isObject(kernel) ? kernel['id'] : undefined
    if (typeof id !== 'string') throw this.#failed('it started a kernel and did not say which.')
    return id
  }

  async interruptKernel(id: string): Promise<void> {
    await this.#ask('POST', `api/kernels/${encodeURIComponent(id)}/interrupt`)
  }

  /** Ends a kernel. A server that is just starting it again refuses, so it is asked a few times. */
  async deleteKernel(id: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#ask('DELETE', `api/kernels/${encodeURIComponent(id)}`)
        return
      } catch (error) {
        if (attempt === DELETE_ATTEMPTS) throw error
        await delay(DELETE_AGAIN_MS)
      }
    }
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    try {
      const response = await fetch(this.url(path), {
        method,
        headers: { ...this.headers, 'Content-Type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_MS),
      })
      if (response.ok) return response.status === 204 ? undefined : await response.json()
      await response.body?.cancel()
      const advice = [401, 403].includes(response.status) ? ' Give the token that it was started with.' : ''
      throw this.#failed(`it answers ${method} /${path} with ${response.status}.${advice}`)
    } catch (error) {
      throw error instanceof CodeExecutorError ? error : this.#failed(`it cannot be reached. ${reasonOf(error)}`, error)
    }
  }

  #failed(problem: string, cause?: unknown): CodeExecutorError {
    const message = `The Jupyter server at ${this.#server.baseUrl} gives no kernel: ${problem}`
    return new CodeExecutorError(message, { retryable: cause !== undefined, cause })
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
