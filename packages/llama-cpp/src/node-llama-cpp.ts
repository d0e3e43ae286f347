import { ConfigurationError } from 'conversable'

/** The part of the module `node-llama-cpp` that is used. */
export interface NodeLlamaCpp {
  getLlama(options: {
    readonly gpu?: 'auto' | false
    readonly build: 'never'
    readonly logLevel: 'error'
  }): Promise<Llama>
  readonly LlamaChat: new (options: { readonly contextSequence: Sequence }) => Chat
}

/** The engine. */
export interface Llama {
  loadModel(options: { readonly modelPath: string }): Promise<Model>
  createGrammarForJsonSchema(schema: unknown): Promise<unknown>
}

/** A model in memory. */
export interface Model {
  createContext(options: {
    readonly contextSize: { readonly max: number }
    readonly threads?: number
  }): Promise<Context>
  dispose(): Promise<void>
}

/** Room for tokens. */
export interface Context {
  getSequence(): Sequence
}

/** The tokens of one chat at a time; what the next request has in common with the last is not read again. */
export interface Sequence {
  readonly nextTokenIndex: number
  readonly contextSize: number
  readonly tokenMeter: { readonly usedInputTokens: number; readonly usedOutputTokens: number }
}

/** Writes answers to histories. */
export interface Chat {
  generateResponse(history: readonly HistoryItem[], options: GenerateOptions): Promise<Generated>
}

/** An entry of a history. */
export type HistoryItem =
  | { readonly type: 'system' | 'user'; readonly text: string }
  | { readonly type: 'model'; readonly response: readonly (string | FunctionCall)[] }

/** A call in a history, with its result. */
export interface FunctionCall {
  readonly type: 'functionCall'
  readonly name: string
  readonly params: unknown
  readonly result: unknown
}

/** How an answer is written. */
export interface GenerateOptions {
  readonly functions?: Readonly<Record<string, { readonly description?: string; readonly params?: unknown }>>
  readonly grammar?: unknown
  readonly signal?: AbortSignal
  readonly maxTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly seed?: number
  readonly customStopTriggers?: readonly string[]
  readonly onResponseChunk: (chunk: { readonly segmentType?: string | undefined; readonly text: string }) => void
}

/** What was written. */
export interface Generated {
  readonly functionCalls?: readonly { readonly functionName: string; readonly params: unknown }[]
  readonly metadata: { readonly stopReason: string }
}

/**
 * Loads the engine.
 *
 * @throws ConfigurationError when it is not installed.
 */
export async function loadNodeLlamaCpp(): Promise<NodeLlamaCpp> {
  // Not known to the compiler: it is heavy, and only those who use it install it.
  const name: string = 'node-llama-cpp'
  try {
    return (await import(name)) as NodeLlamaCpp
  } catch (error) {
    throw new ConfigurationError(
      'unknown-model',
      'A model file needs the package "node-llama-cpp", which is not installed. Run: npm install node-llama-cpp',
      { cause: error },
    )
  }
}
