import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
} from '@ai-sdk/provider'
import { ConfigurationError } from 'conversable'
import { Engine } from './engine.ts'
import type { NodeLlamaCpp } from './node-llama-cpp.ts'
import { writeAnswer } from './write-answer.ts'

/** Which file a model is, and what it may use. */
export interface LlamaCppOptions {
  /** The path of a GGUF file. */
  readonly modelPath: string
  /** Tokens of prompt and answer together, at the most; models that were trained on fewer take fewer. Default 4096. */
  readonly contextSize?: number
  /** Threads of the processor. Default: as many as it has cores; fewer are faster where others use them too. */
  readonly threads?: number
  /** `false` for the processor alone. Default `auto`: what there is. */
  readonly gpu?: 'auto' | false
  /** The name in usage figures and errors. Default: the file's. */
  readonly modelId?: string
  /** The module `node-llama-cpp`, where it cannot be found from here. Default: it is imported on first use. */
  readonly nodeLlamaCpp?: NodeLlamaCpp
}

/**
 * A local model: a GGUF file, run in this process by llama.cpp. Calls of tools and answers of a schema are bound by a
 * grammar, so they are always of the right form, however small the model.
 *
 * The file is loaded on first use and kept until the model is disposed of. Requests are answered one at a time.
 */
export class LlamaCppModel implements LanguageModelV4, AsyncDisposable {
  readonly specificationVersion = 'v4'
  readonly provider = 'llama-cpp'
  readonly modelId: string
  readonly supportedUrls = {}
  readonly #options: LlamaCppOptions
  #engine: Promise<Engine> | undefined

  constructor(options: LlamaCppOptions) {
    const { modelPath, contextSize = 4096 } = options
    if (typeof modelPath !== 'string' || modelPath === '') {
      throw refused(`The modelPath of a LlamaCppModel is ${JSON.stringify(modelPath)}. Give the path of a GGUF file.`)
    }
    if (!Number.isInteger(contextSize) || contextSize < 1) {
      throw refused(`The contextSize of ${JSON.stringify(modelPath)} is ${contextSize}. Give a whole number of tokens.`)
    }
    this.#options = options
    this.modelId = options.modelId ?? modelPath.split(/[\\/]/).at(-1) ?? modelPath
  }

  /** Models are only streamed from. */
  doGenerate(): Promise<never> {
    return Promise.reject(new TypeError('Models are only streamed from: call doStream.'))
  }

  /** @throws ConfigurationError when the engine is not installed or the file is no model. */
  async doStream(options: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamResult> {
    const engine = await this.#load()
    const left = new AbortController()
    const signal = options.abortSignal ? AbortSignal.any([options.abortSignal, left.signal]) : left.signal
    const stream = new ReadableStream<LanguageModelV4StreamPart>({
      start(controller) {
        const write = (part: LanguageModelV4StreamPart): void => controller.enqueue(part)
        engine
          .inTurn((chat) => writeAnswer(options, write, { engine, chat, signal }))
          .then(
            () => controller.close(),
            (error: unknown) => controller.error(error),
          )
      },
      cancel: (reason) => left.abort(reason),
    })
    return { stream }
  }

  /** Frees the memory. A later request loads the file again. */
  async [Symbol.asyncDispose](): Promise<void> {
    const engine = this.#engine
    this.#engine = undefined
    await (await engine)?.dispose()
  }

  #load(): Promise<Engine> {
    const { contextSize = 4096, gpu = 'auto' } = this.#options
    this.#engine ??= Engine.load({ ...this.#options, contextSize, gpu }).catch((error: unknown) => {
      // Whatever was in the way may be put right before the next request.
      this.#engine = undefined
      throw error
    })
    return this.#engine
  }
}

function refused(message: string): ConfigurationError {
  return new ConfigurationError('invalid-option', message)
}
