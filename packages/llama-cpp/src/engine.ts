import { ConfigurationError } from 'conversable'
import {
  loadNodeLlamaCpp,
  type Chat,
  type Llama,
  type Model,
  type NodeLlamaCpp,
  type Sequence,
} from './node-llama-cpp.ts'

/** What a model is loaded from. */
export interface EngineOptions {
  readonly modelPath: string
  readonly contextSize: number
  readonly gpu: 'auto' | false
  readonly threads?: number
  readonly nodeLlamaCpp?: NodeLlamaCpp
}

/** A model in memory, with room for one chat at a time. */
export class Engine {
  readonly #llama: Llama
  readonly #model: Model
  readonly #sequence: Sequence
  readonly #chat: Chat
  #last: Promise<unknown> = Promise.resolve()

  private constructor(llama: Llama, model: Model, chatOn: { readonly sequence: Sequence; readonly chat: Chat }) {
    this.#llama = llama
    this.#model = model
    this.#sequence = chatOn.sequence
    this.#chat = chatOn.chat
  }

  /** @throws ConfigurationError when the engine is not installed or the file is no model. */
  static async load(options: EngineOptions): Promise<Engine> {
    const { modelPath, contextSize, gpu, threads, nodeLlamaCpp = await loadNodeLlamaCpp() } = options
    const llama = await nodeLlamaCpp.getLlama({ gpu, build: 'never', logLevel: 'error' })
    try {
      const model = await llama.loadModel({ modelPath })
      const context = await model.createContext({
        contextSize: { max: contextSize },
        ...(threads !== undefined && { threads }),
      })
      const sequence = context.getSequence()
      return new Engine(llama, model, { sequence, chat: new nodeLlamaCpp.LlamaChat({ contextSequence: sequence }) })
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      throw new ConfigurationError(
        'unknown-model',
        `The model file ${JSON.stringify(modelPath)} cannot be used: ${problem} Give the path of a GGUF file.`,
        { cause: error },
      )
    }
  }

  get sequence(): Sequence {
    return this.#sequence
  }

  /** Lets one answer be written at a time, in the order in which they were asked for. */
  inTurn<Value>(work: (chat: Chat) => Promise<Value>): Promise<Value> {
    const done = this.#last.then(() => work(this.#chat))
    this.#last = done.catch(() => {})
    return done
  }

  /** What holds an answer to a schema. */
  grammarFor(schema: unknown): Promise<unknown> {
    return this.#llama.createGrammarForJsonSchema(schema)
  }

  /** Frees the memory, when the answers that are being written are done. */
  async dispose(): Promise<void> {
    await this.#last
    await this.#model.dispose()
  }
}
