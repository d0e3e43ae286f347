import { randomUUID } from 'node:crypto'
import type zeromq from 'zeromq'
import { loadPeer } from '../peer.ts'
import type { Channels } from './channels.ts'
import { fromFrames, headerOf, toFrames, type Channel, type Content, type KernelMessage } from './message.ts'

/** What the sockets of a kernel are called: this, and a number for each. */
export const SOCKET_NAME = 's'

/** The numbers of the sockets, as the kernel is told them. */
export const PORTS: Readonly<Record<Channel | 'hb', number>> = Object.freeze({
  shell: 1,
  iopub: 2,
  stdin: 3,
  control: 4,
  hb: 5,
})

/** A kernel that sends more than this in one piece is not heard any more. */
const MOST_MESSAGE_BYTES = 32 * 1024 * 1024

/** How long one look for a message takes, and with it how long the host stays when it has nothing else to do. */
const LISTEN_MS = 500

/** The sockets of a kernel on this machine, by ZeroMQ. */
export class ZmqChannels implements Channels {
  listener: (message: KernelMessage) => void = () => {}
  readonly #session = randomUUID()
  readonly #key: string
  readonly #dealers: Readonly<Record<Exclude<Channel, 'iopub'>, zeromq.Dealer>>
  readonly #subscriber: zeromq.Subscriber
  /** Done while it is listened. */
  #listening = Promise.withResolvers<void>()
  #sending: Promise<unknown> = Promise.resolve()
  #isClosed = false

  private constructor({ Dealer, Subscriber }: typeof zeromq, key: string) {
    this.#key = key
    const options = { linger: 0, maxMessageSize: MOST_MESSAGE_BYTES, receiveTimeout: LISTEN_MS }
    // Questions for input go to whoever has the name of the one that asked to execute.
    const named = { ...options, routingId: this.#session }
    this.#dealers = { stdin: new Dealer(named), shell: new Dealer(named), control: new Dealer(named) }
    this.#subscriber = new Subscriber(options)
    this.#subscriber.subscribe()
    this.hold(true)
  }

  /**
   * Connects to the sockets that a kernel has made in a folder.
   *
   * @throws CodeExecutorError without the package `zeromq`.
   */
  static async connect(folder: string, key: string): Promise<ZmqChannels> {
    const zmq = await loadPeer('zeromq', 'JupyterExecutor', () => import('zeromq'))
    const channels = new ZmqChannels(zmq, key)
    for (const [channel, socket] of channels.#all()) {
      socket.connect(`ipc://${folder}/${SOCKET_NAME}-${PORTS[channel]}`)
      void channels.#read(channel, socket)
    }
    return channels
  }

  send(channel: Exclude<Channel, 'iopub'>, type: string, content: Content): string | undefined {
    if (this.#isClosed) return undefined
    const header = headerOf(type, this.#session)
    const frames = toFrames(header, content, this.#key)
    // A socket takes one message at a time; what cannot be sent any more is missed by nobody.
    this.#sending = this.#sending.then(() => this.#dealers[channel].send(frames)).catch(() => {})
    return header.msg_id
  }

  /** Says whether something is listened for. The host may end while nothing is: what comes then, waits. */
  hold(isHeld: boolean): void {
    if (isHeld) this.#listening.resolve()
    else this.#listening = Promise.withResolvers()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.hold(true)
    for (const [, socket] of this.#all()) socket.close()
  }

  /** The one for input first: nothing is heard on it that would tell when it is connected, but when the others are, it is too. */
  #all(): [Channel, zeromq.Dealer | zeromq.Subscriber][] {
    const { stdin, shell, control } = this.#dealers
    return [
      ['stdin', stdin],
      ['shell', shell],
      ['control', control],
      ['iopub', this.#subscriber],
    ]
  }

  async #read(channel: Channel, socket: zeromq.Dealer | zeromq.Subscriber): Promise<void> {
    while (!this.#isClosed) {
      await this.#listening.promise
      try {
        const message = fromFrames(channel, await socket.receive(), this.#key)
        if (message) this.listener(message)
      } catch {
        // Nothing has come for a while, or it was closed meanwhile.
      }
    }
  }
}
