import { CodeExecutorError } from 'conversable'
import { aborted } from '../aborted.ts'
import type { ServerClient } from './jupyter-server.ts'
import { KernelClient } from './kernel-client.ts'
import type { Kernel } from './kernel.ts'
import { PREPARE } from './prepare.ts'
import { ServerChannels } from './server-channels.ts'

/** How long a kernel of a server may take to answer. */
const START_MS = 60_000

/**
 * Starts a kernel on a server. It is deleted there when it ends.
 *
 * @param onLeave - Told of each deletion, which never fails.
 * @returns Nothing if it is called off.
 * @throws CodeExecutorError when there is no such kernel, or it does not answer.
 */
export async function startServerKernel(
  server: ServerClient,
  signal: AbortSignal,
  onLeave: (leaving: Promise<void>) => void,
): Promise<Kernel | undefined> {
  const starting = server.startKernel()
  const leave = (): void => onLeave(starting.then((id) => server.deleteKernel(id)).catch(() => {}))
  const until = AbortSignal.any([signal, AbortSignal.timeout(START_MS)])
  try {
    const id = await Promise.race([starting, aborted(until)])
    until.throwIfAborted()
    return await connect(server, { id: String(id), leave }, until)
  } catch (error) {
    leave()
    if (signal.aborted) return undefined
    if (error instanceof CodeExecutorError) throw error
    const problem = error instanceof Error ? error.message : String(error)
    const message = `The Jupyter server started a kernel that does not answer: ${problem}.`
    throw new CodeExecutorError(message, { retryable: true, cause: error })
  }
}

async function connect(
  server: ServerClient,
  { id, leave }: { readonly id: string; readonly leave: () => void },
  signal: AbortSignal,
): Promise<Kernel> {
  const url = server.url(`api/kernels/${encodeURIComponent(id)}/channels`, 'ws')
  const channels = await ServerChannels.connect(url, server.headers, signal)
  const client = new KernelClient(channels)
  try {
    await client.ready(signal)
    await Promise.race([client.run(PREPARE, {}, { silent: true }), aborted(signal)])
    signal.throwIfAborted()
  } catch (error) {
    channels.close()
    throw error
  }
  let isEnded = false
  const end = (): void => {
    if (isEnded) return
    isEnded = true
    channels.close()
    leave()
  }
  return {
    client,
    // A server starts a kernel again that has died: that is another one, without the variables.
    ended: Promise.race([channels.closed, client.died]).then(() => {
      end()
      return 1
    }),
    get isEnded() {
      return isEnded
    },
    // What goes on there is out of reach.
    pause: async () => {},
    resume: () => {},
    watch: () => {},
    endChildren: () => {},
    interrupt: () => void server.interruptKernel(id).catch(() => {}),
    end: async () => end(),
  }
}
