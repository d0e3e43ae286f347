import { randomUUID } from 'node:crypto'
import type { Channels } from './channels.ts'
import { headerOf, isObject, toMessage, type Channel, type Content, type KernelMessage } from './message.ts'

/** The way to a kernel of a server, by a WebSocket. */
export class ServerChannels implements Channels {
  listener: (message: KernelMessage) => void = () => {}
  /** Done when the kernel can be heard no more. */
  readonly closed: Promise<void>
  readonly #session = randomUUID()
  readonly #socket: WebSocket

  private constructor(socket: WebSocket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => socket.addEventListener('close', () => resolve(), { once: true }))
    socket.addEventListener('message', ({ data }) => this.#take(data))
  }

  /**
   * Connects to a kernel.
   *
   * @throws Error when the server does not agree; the signal's reason.
   */
  static async connect(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<ServerChannels> {
    const socket = new WebSocket(url, { headers: { ...headers } })
    const channels = new ServerChannels(socket)
    try {
      await new Promise<void>((resolve, reject) => {
        socket.addEventListener('open', () => resolve(), { once: true })
        socket.addEventListener('error', () => reject(new Error('it does not open a WebSocket')), { once: true })
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      })
      return channels
    } catch (error) {
      socket.close()
      throw error
    }
  }

  send(channel: Exclude<Channel, 'iopub'>, type: string, content: Content): string | undefined {
    if (this.#socket.readyState !== WebSocket.OPEN) return undefined
    const header = headerOf(type, this.#session)
    this.#socket.send(JSON.stringify({ header, parent_header: {}, metadata: {}, content, channel, buffers: [] }))
    return header.msg_id
  }

  close(): void {
    this.#socket.close()
  }

  #take(data: unknown): void {
    const read = typeof data === 'string' ? parsed(data) : undefined
    if (!isObject(read) || !isChannel(read['channel'])) return
    const message = toMessage(read['channel'], read)
    if (message) this.listener(message)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isChannel(value: unknown): value is Channel {
  return value === 'shell' || value === 'iopub' || value === 'stdin' || value === 'control'
}
