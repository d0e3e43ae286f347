import type { ExecutionEnd, ExecutionLimits } from 'conversable'
import type { KernelClient } from './kernel-client.ts'

/** A kernel that runs, wherever that is. */
export interface Kernel {
  readonly client: KernelClient
  /** Done when it has ended by itself or was ended, with its exit code. */
  readonly ended: Promise<number>
  readonly isEnded: boolean
  /** Stops all its processes where they are, as far as they are in reach. */
  pause(): Promise<void>
  /** Lets them go on. */
  resume(): void
  /** Looks at limits until the signal, as far as they can be seen. */
  watch(limits: ExecutionLimits, options: WatchOptions): void
  /** Asks it to stop what it does. It need not obey. */
  interrupt(): void
  /** Ends what it has started, and leaves it itself. */
  endChildren(): void
  /** Ends it and all that it has started. */
  end(): Promise<void>
}

/** Until when limits are looked at, and who is told that one was passed. */
export interface WatchOptions {
  readonly signal: AbortSignal
  readonly onOver: (limit: ExecutionEnd) => void
}
