import { setTimeout as delay } from 'node:timers/promises'
import type { Duplex } from 'node:stream'
import type Dockerode from 'dockerode'
import { isOver } from '../disk-use.ts'
import type { BlockEnd, BlockTurn } from '../run-blocks.ts'
import { Demultiplexer } from './demultiplex.ts'
import { statusOf } from './engine.ts'
import type { Stopping } from './stopping.ts'

/** A program that a container is to run. */
export interface Program {
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

/** When to end a program, and who is told what it prints. */
export interface ProgramWatch extends Pick<BlockTurn, 'signal' | 'onOutput'> {
  readonly timeoutMs: number
  /** A folder of this machine whose size is looked at while the program runs. */
  readonly disk?: { readonly folder: string; readonly maxBytes: number }
}

/** How often program and disk are looked at. */
const LOOK_MS = 100
/** How long output may still come once the program has ended: what it left behind may hold its pipes for ever. */
const DRAIN_MS = 100
/** How long the engine may take to say that it was memory that a program was killed for. */
const KILLED_MS = 50

/**
 * Runs a program in a container until it ends, or is ended. What it started may live on.
 *
 * @throws Error when the engine fails.
 */
export async function runProgram(
  container: Dockerode.Container,
  program: Program,
  { stopping, ...watch }: ProgramWatch & { readonly stopping: Stopping },
): Promise<BlockEnd> {
  const release = stopping.stopWhenDue(watch)
  const over = new AbortController()
  let stream: Duplex | undefined
  try {
    const exec = await container.exec(settings(program))
    stream = await exec.start({ hijack: true, stdin: program.stdin !== undefined })
    const silence = read(stream, (name, text) => {
      if (stopping.reason !== 'output' && watch.onOutput(name, text)) stopping.stop('output')
    })
    if (program.stdin !== undefined) stream.end(program.stdin)
    if (watch.disk) void watchDisk(watch.disk, { signal: over.signal, onOver: () => stopping.stop('disk') })
    const exitCode = await whenOver(exec, AbortSignal.any([silence, stopping.signal]), stopping)
    if (exitCode === 137) await sleep(KILLED_MS, stopping.signal)
    await stopping.done()
    await sleep(DRAIN_MS, silence)
    return endOf(exitCode, stopping)
  } catch (error) {
    // A container that was ended meanwhile takes no program any more.
    if (stopping.reason === undefined) throw error
    await stopping.done()
    return endOf(undefined, stopping)
  } finally {
    over.abort()
    release()
    stream?.destroy()
  }
}

function settings({ command, env = {}, stdin }: Program): Dockerode.ExecCreateOptions {
  return {
    Cmd: [...command],
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    AttachStdin: stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
  }
}

/** Gives a signal that is aborted when there is nothing more to read. */
function read(stream: Duplex, onText: ConstructorParameters<typeof Demultiplexer>[0]): AbortSignal {
  const silence = new AbortController()
  const demultiplexer = new Demultiplexer(onText)
  stream.on('data', (piece: Buffer) => demultiplexer.push(piece))
  stream.on('end', () => demultiplexer.end())
  // Cut off when the container was ended: what came until then is kept. A program may also end without reading its input.
  stream.on('error', () => {})
  for (const event of ['end', 'close']) stream.on(event, () => silence.abort())
  return silence.signal
}

/** Waits until the program itself has ended, whoever still holds its output, or is to be ended; gives its exit code if there is one. */
async function whenOver(exec: Dockerode.Exec, wake: AbortSignal, stopping: Stopping): Promise<number | undefined> {
  for (;;) {
    await sleep(LOOK_MS, wake.aborted ? stopping.signal : wake)
    if (stopping.reason !== undefined) return undefined
    const state = await exec.inspect().catch((error: unknown) => {
      if (statusOf(error) !== 404) throw error
      return undefined
    })
    if (!state) return undefined
    if (!state.Running) return state.ExitCode ?? undefined
  }
}

function endOf(exitCode: number | undefined, { reason }: Stopping): BlockEnd {
  if (reason !== undefined) return { exitCode: reason === 'timeout' ? 124 : 137, reason }
  if (exitCode !== undefined) return { exitCode }
  return { exitCode: 137, reason: 'sandbox-failed', note: '\nThe container ended, and the program with it.' }
}

async function watchDisk(
  { folder, maxBytes }: NonNullable<ProgramWatch['disk']>,
  { signal, onOver }: { readonly signal: AbortSignal; readonly onOver: () => void },
): Promise<void> {
  while (!signal.aborted) {
    await sleep(LOOK_MS, signal)
    if (!signal.aborted && (await isOver(folder, maxBytes))) return onOver()
  }
}

/** Waits, or until the signal is aborted. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {})
}
