import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { ScriptedModel, type Script } from 'conversable/testing'

/** A provider of models on this machine: a server, and models that ask it. */
export interface LoopbackProvider {
  /** How many requests the server got, and with which headers. */
  readonly requests: readonly { readonly authorization: string | undefined }[]
  /** A model that is asked over HTTP, answers with this script, and sends the key as authorisation. */
  model(modelId: string, script: Script): LanguageModelV4
  close(): Promise<void>
}

/** Starts a server that streams the parts of scripted answers as lines of JSON, each in a packet of its own. */
export async function loopbackProvider(apiKey: string): Promise<LoopbackProvider> {
  const scripts = new Map<string, ScriptedModel>()
  const requests: { authorization: string | undefined }[] = []
  const server = createServer((request, response) => {
    requests.push({ authorization: request.headers.authorization })
    const scripted = scripts.get(request.url?.slice(1) ?? '')
    answer(scripted, request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    requests,
    model(modelId, script) {
      scripts.set(modelId, new ScriptedModel(script))
      return new LoopbackModel(modelId, `http://127.0.0.1:${port}/${modelId}`, apiKey)
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function answer(
  model: ScriptedModel | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!model) throw new Error(`There is no model at ${request.url}.`)
  // What the model below sent.
  const { stream } = await model.doStream(JSON.parse(await text(request)) as LanguageModelV4CallOptions)
  for await (const part of stream) {
    response.write(`${JSON.stringify(part)}\n`)
    await new Promise((resolve) => setImmediate(resolve))
  }
  response.end()
}

class LoopbackModel implements LanguageModelV4 {
  readonly specificationVersion = 'v4'
  readonly provider = 'loopback'
  readonly modelId: string
  readonly supportedUrls = {}
  readonly speakerNames = 'metadata'
  readonly #url: string
  readonly #apiKey: string

  constructor(modelId: string, url: string, apiKey: string) {
    this.modelId = modelId
    this.#url = url
    this.#apiKey = apiKey
  }

  doGenerate(): Promise<never> {
    return Promise.reject(new Error('Models are only streamed from.'))
  }

  async doStream(options: LanguageModelV4CallOptions): Promise<{ stream: ReadableStream<LanguageModelV4StreamPart> }> {
    const { abortSignal, ...request } = options
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#apiKey}`, connection: 'close' },
      body: JSON.stringify(request),
      ...(abortSignal && { signal: abortSignal }),
    })
    if (!response.ok || !response.body) throw new Error(`Status ${response.status}: ${await response.text()}`)
    return { stream: response.body.pipeThrough(new TextDecoderStream()).pipeThrough(lines()) }
  }
}

function lines(): TransformStream<string, LanguageModelV4StreamPart> {
  let rest = ''
  return new TransformStream({
    transform(chunk, controller) {
      const texts = (rest + chunk).split('\n')
      rest = texts.pop() ?? ''
      for (const line of texts) controller.enqueue(JSON.parse(line) as LanguageModelV4StreamPart)
    },
  })
}
