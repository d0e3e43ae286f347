import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

/** What a server does with one request. */
export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void

/** A request that came in. */
export interface Received {
  /** The first segment of its path: which model was asked. */
  readonly model: string
  /** Milliseconds since the program began. */
  readonly at: number
  readonly body: string
  /** What came as the key. */
  readonly key: string | undefined
  /** Resolves when the client has closed the connection before the answer was at its end. */
  readonly hungUp: Promise<void>
}

/** A server on loopback that does what is written for it: for each model, one behaviour after the other. */
export class FaultServer implements AsyncDisposable {
  readonly received: Received[] = []
  readonly #server = createServer((request, response) => void this.#answer(request, response))
  readonly #script: Readonly<Record<string, readonly Behaviour[]>>

  constructor(script: Readonly<Record<string, readonly Behaviour[]>>) {
    this.#script = script
  }

  /** Begins to listen; gives the address at which a model is asked. */
  async listen(): Promise<(model: string) => string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    if (typeof address !== 'object' || address === null) throw new Error('The server has no port.')
    return (model) => `http://127.0.0.1:${address.port}/${model}/v1`
  }

  /** Which models were asked, in order. */
  get asked(): string[] {
    return this.received.map(({ model }) => model)
  }

  /** How long it took from one request to the next, in milliseconds. */
  gapAfter(index: number): number {
    const [first, second] = this.received.slice(index)
    return (second?.at ?? Number.NaN) - (first?.at ?? Number.NaN)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const model = request.url?.split('/')[1] ?? ''
    const behaviour = this.#script[model]?.[this.asked.filter((one) => one === model).length] ?? unexpected
    const { promise: hungUp, resolve } = Promise.withResolvers<void>()
    response.on('close', () => response.writableFinished || resolve())
    const at = performance.now()
    const { authorization, 'x-api-key': apiKey } = request.headers
    const key = authorization ?? String(apiKey)
    const body = await text(request)
    this.received.push({ model, at, key, body, hungUp })
    behaviour(response, request)
  }
}

const unexpected: Behaviour = (response) => {
  response.writeHead(418).end('Nobody wrote what to do with this request.')
}

/** Refuses with a status. */
export function refusing(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
}

/** Never answers. */
export const silent: Behaviour = () => {}

/** Answers with a page in place of a stream. */
export const page: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Please log in</title>')
}

/** Streams events, and then ends, falls silent, or cuts the connection. */
export function streaming(events: string, then: 'end' | 'stall' | 'cut' = 'end'): Behaviour {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (then === 'end') response.end(events)
    // Cut once the events are on their way.
    else response.write(events, () => then === 'cut' && setTimeout(() => response.socket?.destroy(), 20))
  }
}
