/**
 * The process that keeps a manager of sandbox-runtime: there is one in each process, for all that happens in it, so each
 * executor has a process of its own for it. It runs as whoever the programs run as, and ends with the host.
 */
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { SandboxManager } from '@anthropic-ai/sandbox-runtime'
import type { Answer, Request } from './messages.ts'

const PACKAGE = '@anthropic-ai/sandbox-runtime'

/** Keeps the manager, and does what the host asks. */
class KeeperChild {
  #manager: Promise<typeof SandboxManager> | undefined

  async answer(request: Request): Promise<void> {
    try {
      const answer = await this.#do(request)
      if (answer) process.send?.(answer)
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      const answer: Answer = { type: 'failed', problem, ...('id' in request && { id: request.id }) }
      process.send?.(answer)
    }
  }

  /** Ends the proxies, then the process. */
  async end(): Promise<void> {
    const manager = await this.#manager?.catch(() => undefined)
    await manager?.reset()
    process.exit(0)
  }

  async #do(request: Request): Promise<Answer | undefined> {
    if (request.type === 'start') {
      this.#manager = start(request)
      await this.#manager
      return { type: 'ready', folder: packageFolder() }
    }
    const manager = await this.#manager
    if (!manager) throw new Error('it was not started.')
    if (request.type === 'ended') {
      manager.cleanupAfterCommand()
      return undefined
    }
    const { id, command, filesystem } = request
    const seen = { ...filesystem, allowRead: [...(filesystem.allowRead ?? []), ...socketsOf(manager)] }
    // Otherwise the command is a part of what the proxy is told, and of the environment.
    const options = { commandId: randomUUID() }
    const line = await manager.wrapWithSandbox(command, 'sh', { filesystem: seen }, undefined, options)
    return { type: 'wrapped', id, command: line }
  }
}

async function start({ config }: Extract<Request, { type: 'start' }>): Promise<typeof SandboxManager> {
  const found = await import('@anthropic-ai/sandbox-runtime')
  await found.SandboxManager.initialize(config)
  return found.SandboxManager
}

/** The sockets of the proxy, which the sandbox has to be shown where everything else is hidden. */
function socketsOf(manager: typeof SandboxManager): string[] {
  const paths = [manager.getLinuxHttpSocketPath(), manager.getLinuxSocksSocketPath()]
  return [...new Set(paths.filter((path) => path !== undefined))]
}

/** Where the package is, behind all links: a program in the sandbox is started by a part of it. */
function packageFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), '..')
}

const child = new KeeperChild()
process.on('message', (request: Request) => void child.answer(request))
process.once('disconnect', () => void child.end())
