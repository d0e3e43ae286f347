import type { CodeBlock } from '../code-block.ts'
import type {
  Artifact,
  CodeExecutor,
  CodeResult,
  ExecuteOptions,
  Execution,
  ExecutionEvent,
  Isolation,
} from '../ports/code-executor.ts'
import { ScriptError } from './script-error.ts'

/** What a scripted executor is to say of one run. */
export interface ScriptedExecution {
  readonly exitCode: number
  readonly output: string
  /** Files that it is to have left. Default: none. */
  readonly artifacts?: readonly Artifact[]
}

/** An executor that runs nothing: it keeps the blocks and gives the results that were written for it. */
export class ScriptedExecutor implements CodeExecutor {
  readonly kind = 'scripted'
  readonly languages: readonly string[] = ['python', 'sh']
  readonly isolation: Isolation = {
    files: true,
    network: 'none',
    secrets: true,
    processes: true,
    limits: 'hard',
    boundary: 'vm',
  }
  /** The blocks of each run so far. */
  readonly runs: (readonly CodeBlock[])[] = []
  readonly #results: readonly ScriptedExecution[]

  constructor(results: readonly ScriptedExecution[]) {
    this.#results = results
  }

  execute(blocks: readonly CodeBlock[], _options: ExecuteOptions = {}): Execution {
    this.runs.push(blocks)
    return new ScriptedRun(this.#results[this.runs.length - 1])
  }

  async restart(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

class ScriptedRun implements Execution {
  readonly #scripted: ScriptedExecution | undefined

  constructor(scripted: ScriptedExecution | undefined) {
    this.#scripted = scripted
  }

  // oxlint-disable-next-line unicorn/no-thenable -- an execution is meant to be awaited
  then<A = CodeResult, B = never>(
    onResult?: ((result: CodeResult) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#result().then(onResult, onError)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ExecutionEvent, void, undefined> {
    const result = await this.#result()
    yield { type: 'stdout', block: 0, text: result.output }
    yield { type: 'end', result }
  }

  async #result(): Promise<CodeResult> {
    if (!this.#scripted) throw new ScriptError('The scripted executor has no more results. Add one for every run.')
    return { artifacts: [], ...this.#scripted, truncated: false, durationMs: 0 }
  }
}
