import type { Channel, Content, KernelMessage } from './message.ts'

/** The ways to and from a kernel. */
export interface Channels {
  /** Sends a message. Gives its id, or nothing where the kernel has gone. */
  send(channel: Exclude<Channel, 'iopub'>, type: string, content: Content): string | undefined
  /** Whoever is told of what comes. One at a time. */
  listener: (message: KernelMessage) => void
  close(): void
}
