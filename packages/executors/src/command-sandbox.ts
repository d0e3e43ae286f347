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
  /**
   * How much more of addresses than of memory the program may reserve, so that its memory is bounded hard. Default: the
   * watchdog alone bounds its memory, as V8 reserves far more than it uses.
   */
  readonly addressRoomBytes?: number
  /** A folder of the host for sockets, which the program sees as {@link SOCKETS}. */
  readonly sockets?: string
  /** Whether nobody looks at its memory, processes and files: whoever keeps the program does, while it is used. */
  readonly unwatched?: boolean
}

/** Where a program sees the folder of its sockets. */
export const SOCKETS = '/run/sockets'

/** Runs commands shut in, each as if it were alone on the machine. */
export interface CommandSandbox {
  /**
   * Runs a command until nothing of it is left.
   *
   * @throws CodeExecutorError when the sandbox does not come to stand, or its limits do not take.
   */
  run(request: SandboxCommand, watch: ProcessWatch): Promise<ProcessEnd>
  /** Ends what stands around the commands, if anything does. */
  close?(): Promise<void>
}
