import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Refusal } from './refusal.ts'

/** What a model of a fake provider is asked, as far as scripts want to know. */
export interface Asked {
  readonly model: string
  /** The system's words, wherever they stand in the request. */
  readonly system: string
  /** The whole request as JSON. */
  readonly body: string
  /** Names of the tools on offer. */
  readonly tools: readonly string[]
  /** Whether JSON of a schema is asked for. */
  readonly json: boolean
}

/** One answer. Thoughts come first; only models that think have them. */
export interface Answer {
  readonly thought?: string
  readonly text?: string
  readonly calls?: readonly AnsweredCall[]
}

/** A call of an answer. Only OpenAI's models think between two. */
export interface AnsweredCall {
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
  readonly thought?: string
}

/** What the models behind fake providers say. */
export type Script = (asked: Asked) => Answer

/** A provider's side of a conversation: its rules, and the form of its answers. */
export interface StrictProvider {
  /** The path of a request for an answer begins with it. */
  readonly path: string
  /**
   * Reads a request.
   *
   * @throws Refusal if it breaks a documented rule.
   */
  read(request: StrictRequest): Asked
  /** An answer as this provider streams it: events of an event stream, or lines of JSON. */
  write(answer: Answer, asked: Asked): readonly string[]
  /** A refusal in its form. */
  refuse(refusal: Refusal): unknown
}

/** A request as it came. */
export interface StrictRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

/** A fake provider on loopback, which answers as scripted and refuses what the real one would refuse. */
export interface StrictServer extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string
  readonly requests: readonly StrictRequest[]
  /** The words of each refusal. */
  readonly refusals: readonly string[]
}

/** Starts a fake provider. Dispose of it with `await using`. */
export async function startStrictServer(provider: StrictProvider, script: Script): Promise<StrictServer> {
  const requests: StrictRequest[] = []
  const refusals: string[] = []
  const answerTo = (request: StrictRequest): { status: number; type: string; chunks: readonly string[] } => {
    requests.push(request)
    try {
      if (!request.path.startsWith(provider.path)) throw new Refusal(`Not found: ${request.path}`, 404)
      const asked = provider.read(request)
      const chunks = provider.write(script(asked), asked)
      return { status: 200, type: chunks[0]?.startsWith('{') ? 'application/x-ndjson' : 'text/event-stream', chunks }
    } catch (error) {
      // A script that fails fails the test like a rule that was broken.
      const refusal = error instanceof Refusal ? error : new Refusal(`The script failed: ${String(error)}`)
      refusals.push(refusal.message)
      return {
        status: refusal.status,
        type: 'application/json',
        chunks: [JSON.stringify(provider.refuse(refusal))],
      }
    }
  }
  const server = createServer((incoming, outgoing) => {
    void bodyOf(incoming).then((body) => {
      const { status, type, chunks } = answerTo({ path: incoming.url ?? '', headers: incoming.headers, body })
      outgoing.writeHead(status, { 'content-type': type })
      for (const chunk of chunks) outgoing.write(chunk)
      outgoing.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // Listening on a port: the address is an object.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    refusals,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  let text = ''
  incoming.setEncoding('utf8')
  for await (const piece of incoming) text += String(piece)
  return JSON.parse(text)
}

/** An event of an event stream. */
export function event(data: unknown, name?: string): string {
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`
}

/** A text in pieces, as models stream it. */
export function piecesOf(text: string): string[] {
  return text.match(/\s*\S+\s*/g) ?? []
}
