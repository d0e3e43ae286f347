import { setTimeout as delay } from 'node:timers/promises'
import type { ExecutionEnd, ExecutionLimits } from 'conversable'
import type { BlockEnd, BlockTurn } from '../run-blocks.ts'
import { environmentCode, RESTORE_ENVIRONMENT } from './cell-environment.ts'
import { CellOutput, type CellSurroundings } from './cell-output.ts'
import type { CellEnd, CellWatcher } from './kernel-client.ts'
import type { Kernel } from './kernel.ts'

/** A block for a kernel, and what is around it. */
export interface CellRequest extends CellSurroundings {
  readonly code: string
  readonly limits: ExecutionLimits
  readonly env: Readonly<Record<string, string>> | undefined
}

/** How long a kernel may take to stop what it does when it is interrupted. Then it is ended. */
const INTERRUPT_MS = 300
/**
 * Runs a block in a kernel. At the limit of time and on abort the kernel is interrupted, and goes on with all its variables
 * if it stops at once; otherwise, and at all other limits, it is ended.
 */
export async function runCell(kernel: Kernel, request: CellRequest, turn: BlockTurn): Promise<BlockEnd> {
  const over = Promise.withResolvers<ExecutionEnd>()
  const finished = new AbortController()
  const output = new CellOutput(request, turn, over.resolve)
  const abort = (): void => over.resolve('aborted')
  const timer = setTimeout(() => over.resolve('timeout'), turn.leftMs)
  turn.signal.addEventListener('abort', abort, { once: true })
  kernel.watch(request.limits, { signal: finished.signal, onOver: over.resolve })
  try {
    const cell = runWithin(kernel, request, output.watcher)
    const first = await Promise.race([cell, over.promise, kernel.ended])
    if (typeof first === 'string') return await stopped(kernel, { reason: first, cell, output }, turn)
    const isUnheard = typeof first === 'object' && first.isUnheard
    if (isUnheard) return await stopped(kernel, { reason: 'output', cell, output }, turn)
    await output.written()
    return typeof first === 'number' ? gone(turn, { exitCode: first }) : endOf(first, turn)
  } finally {
    output.mute()
    finished.abort()
    clearTimeout(timer)
    turn.signal.removeEventListener('abort', abort)
  }
}

/** Runs the code with its variables of the environment, and then what brings the last of its output. */
async function runWithin(kernel: Kernel, { code, env }: CellRequest, watcher: CellWatcher): Promise<CellEnd> {
  const { client } = kernel
  if (env) await client.run(environmentCode(env), {}, { silent: true })
  const end = await client.run(code, watcher)
  if (end.isUnheard) return end
  // What other programs have written goes through a pipe that the kernel reads at its own pace.
  const { onStream } = watcher
  await client.run(env ? RESTORE_ENVIRONMENT : 'pass', onStream ? { onStream } : {}, { silent: true })
  return end
}

function endOf({ error }: CellEnd, { onOutput }: BlockTurn): BlockEnd {
  if (!error) return { exitCode: 0 }
  const { name, value, traceback } = error
  if (name === 'SystemExit') return exitOf(value, onOutput)
  onOutput('stderr', withoutColours(`ERROR: ${name}: ${value}\n${traceback.join('\n')}\n`))
  return { exitCode: 1 }
}

/** What `sys.exit` means to a program: a number is its exit code, and a text its last words. */
function exitOf(value: string, onOutput: BlockTurn['onOutput']): BlockEnd {
  if (value === '' || value === 'None') return { exitCode: 0 }
  if (/^-?\d{1,10}$/.test(value)) return { exitCode: Number(value) & 0xff }
  onOutput('stderr', `${value}\n`)
  return { exitCode: 1 }
}

async function stopped(
  kernel: Kernel,
  {
    reason,
    cell,
    output,
  }: { readonly reason: ExecutionEnd; readonly cell: Promise<CellEnd>; readonly output: CellOutput },
  turn: BlockTurn,
): Promise<BlockEnd> {
  const end = { exitCode: reason === 'timeout' ? 124 : 137, reason }
  if (await obeys(kernel, reason, cell)) {
    kernel.endChildren()
    await output.written()
    return end
  }
  await kernel.end()
  await output.written()
  return gone(turn, end)
}

async function obeys(kernel: Kernel, reason: ExecutionEnd, cell: Promise<CellEnd>): Promise<boolean> {
  if (reason !== 'timeout' && reason !== 'aborted') return false
  kernel.interrupt()
  return Promise.race([cell.then(() => true), delay(INTERRUPT_MS, false)])
}

/** What a model has to know of a kernel that is no more. */
function gone({ onOutput }: BlockTurn, end: BlockEnd): BlockEnd {
  onOutput('stderr', 'The kernel has ended, and the variables of all blocks are gone.\n')
  return end
}

function withoutColours(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the escape that begins a colour
  return text.replace(/\u001b\[[\d;]*[A-Za-z]/g, '')
}
