import type { ExecutionLimits } from 'conversable'
import type { ProcessEnd, ProcessWatch } from './process-run.ts'

/** One command for a sandbox. */
export interface SandboxCommand {
  readonly command: readonly string[]
  readonly limits: ExecutionLimits
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Files and folders that this program sees too, such as an interpreter. */
  readonly readable?: readonly string[]
  /** Whether the program's addresses are bounded. Default false: the watchdog bounds its memory. */
  readonly bound?: boolean
}

/** Runs commands shut in, each as if it were alone on the machine. */
export interface CommandSandbox {
  /**
   * Runs a command until nothing of it is left.
   *
   * @throws CodeExecutorError when the sandbox does not come to stand, or its limits do not take.
   */
  run(request: SandboxCommand, watch: ProcessWatch): Promise<ProcessEnd>
}
