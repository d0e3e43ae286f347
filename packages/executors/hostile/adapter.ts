import type { CodeBlock, CodeResult, ExecutionLimits } from 'conversable'
import { createCodeExecutor, type ExecutorChoice } from '../src/index.ts'
import { engineForTests } from './engine-for-tests.ts'

/** What the suite needs to know of one run. */
export type Outcome = Pick<CodeResult, 'exitCode' | 'output' | 'artifacts' | 'durationMs'>

/** How the suite runs programs: write another of these to point it at something else. */
export interface Started {
  /** Words for languages that it runs; cases in others are left out. */
  readonly languages: readonly string[]
  run(blocks: readonly CodeBlock[], options: RunOptions): Promise<Outcome>
  stop(): Promise<void>
}

/** How one case is to be run. */
export interface RunOptions {
  readonly limits?: Partial<ExecutionLimits>
  readonly signal?: AbortSignal
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

/** Starts an executor by name. Each case gets one of its own. */
export async function start(name: string): Promise<Started> {
  // Names that there are not are refused by what is called.
  const executor = await createCodeExecutor(name as ExecutorChoice, { ...engineForTests(name), log: () => {} })
  return {
    languages: executor.languages,
    run: async (blocks, options) => executor.execute(blocks, options),
    stop: async () => executor[Symbol.asyncDispose](),
  }
}
