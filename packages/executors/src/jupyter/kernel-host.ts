import type { CodeBlock, ExecuteOptions, ExecutionLimits, Isolation } from 'conversable'
import type { BlockRunner } from '../run-blocks.ts'

/** One execution, as a host of kernels is told of it. */
export interface ExecutionRequest {
  readonly blocks: readonly CodeBlock[]
  readonly limits: ExecutionLimits
  readonly options: ExecuteOptions
  readonly signal: AbortSignal
}

/** Where a kernel runs, and is kept between executions. */
export interface KernelHost {
  readonly languages: readonly string[]
  readonly isolation: Isolation
  /**
   * Gets ready for an execution.
   *
   * @throws CodeExecutorError when there can be no kernel.
   */
  runner(request: ExecutionRequest): Promise<BlockRunner>
  /** Ends the kernel, and deletes files of its own. */
  restart(): Promise<void>
  /** Ends the kernel, and leaves nothing. */
  dispose(): Promise<void>
}
