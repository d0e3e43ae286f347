import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ExecuteOptions, ExecutionLimits } from 'conversable'
import { runProcess } from '../process-run.ts'
import type { BlockEnd, BlockTurn } from '../run-blocks.ts'
import { denoCommand } from './deno-command.ts'
import { applyChanges, linksIn, readFolder, type FolderChanges } from './folder-files.ts'
import { addPiece, FrameReader, framesOf, lineOf, type ChildFrame, type Job } from './frames.ts'
import type { KeptPython } from './kept-python.ts'
import { findShell } from './peers.ts'
import { denoPath, missing } from './wasm-errors.ts'

/** A program in a work folder. */
export interface WasmProgram {
  /** Relative to the folder. */
  readonly name: string
  readonly folder: string
  readonly limits: ExecutionLimits
  readonly options: ExecuteOptions
  readonly turn: BlockTurn
}

/** What Deno itself takes of memory. */
const DENO_BYTES = 160 * 1024 * 1024
/** How much is kept of what Deno itself, and the threads of a program, write past everything else. */
const MOST_COMPLAINT = 64 * 1024
/** How V8 ends a process that has no memory left: by a trap or an abort. */
const OUT_OF_MEMORY: readonly number[] = [128 + 4, 128 + 5, 128 + 6]

/** Runs JavaScript or TypeScript in Deno, which reads and writes in the work folder and nowhere else. */
export async function runScript({ name, folder, limits, options, turn }: WasmProgram): Promise<BlockEnd> {
  const { env = {}, stdin } = options
  const command = denoCommand(denoPath(), {
    child: 'script-child',
    args: [pathToFileURL(join(folder, name)).href],
    readable: [folder],
    writable: [folder],
    // Deno looks at paths, not at what they lead to. Programs make no links, but there may be some in a folder that is kept.
    denied: linksIn(folder),
    variables: env,
    heapBytes: limits.memoryBytes,
    cpuSeconds: cpuSeconds(turn),
  })
  let flooded = false
  const reader = new FrameReader((frame) => {
    if (frame[0] === 'stdout' || frame[0] === 'stderr') flooded ||= turn.onOutput(frame[0], frame[1])
  })
  const spec = { ...command, cwd: folder, ...(stdin !== undefined && { stdin }) }
  let complaint = ''
  const end = await runProcess(spec, {
    signal: turn.signal,
    timeoutMs: turn.leftMs,
    watched: { ...limits, memoryBytes: limits.memoryBytes + DENO_BYTES, folder },
    onOutput: (stream, text) => {
      if (stream === 'stdout') reader.push(text)
      else complaint = (complaint + text).slice(-MOST_COMPLAINT)
      return flooded
    },
  })
  reader.end()
  const result = endOf(end)
  // What the engine says of its own end is of no use to whoever wrote the program.
  if (result.reason !== 'memory' && complaint !== '') turn.onOutput('stderr', complaint)
  return result
}

/** Runs a shell script in just-bash, in a Deno that may do nothing, on a copy of the work folder. */
export async function runShell({ name, folder, limits, options, turn }: WasmProgram): Promise<BlockEnd> {
  const shell = findShell()
  if (typeof shell === 'string') throw missing(shell)
  const files = await readFolder({ folder, program: name, maxBytes: limits.diskBytes })
  if (!files) return tooMuch(limits)
  const command = denoCommand(denoPath(), {
    child: 'shell-child',
    args: [shell.url],
    readable: [shell.readable],
    heapBytes: limits.memoryBytes,
    cpuSeconds: cpuSeconds(turn),
    importMap: shell.importMap,
  })
  const changes = { written: new Map<string, Uint8Array[]>(), removed: new Set<string>() }
  let exitCode: number | undefined
  let flooded = false
  const reader = new FrameReader((frame: ChildFrame) => {
    if (frame[0] === 'stdout' || frame[0] === 'stderr') flooded ||= turn.onOutput(frame[0], frame[1])
    if (frame[0] === 'file') addPiece(changes.written, frame)
    if (frame[0] === 'removed') changes.removed.add(frame[1])
    if (frame[0] === 'end') exitCode = frame[1]
  })
  const stdin = [...inputOf(files), lineOf(['run', jobOf(name, limits, options)])].join('')
  const spec = { ...command, cwd: folder, stdin }
  let complaint = ''
  const end = await runProcess(spec, {
    signal: turn.signal,
    timeoutMs: turn.leftMs,
    watched: { ...limits, memoryBytes: limits.memoryBytes + DENO_BYTES },
    onOutput: (stream, text) => {
      if (stream === 'stdout') reader.push(text)
      else complaint = (complaint + text).slice(-MOST_COMPLAINT)
      return flooded
    },
  })
  if (exitCode !== undefined) {
    await bringBack({ folder, files, turn }, changes)
    return { exitCode }
  }
  if (end.reason === undefined && complaint !== '') turn.onOutput('stderr', complaint)
  return endOf(end)
}

/** Runs Python in Pyodide, in a kept process of Deno that may do nothing, on a copy of the work folder. */
export async function runPython(python: KeptPython, program: WasmProgram): Promise<BlockEnd> {
  const { name, folder, limits, options, turn } = program
  const files = await readFolder({ folder, program: name, maxBytes: limits.diskBytes })
  if (!files) return tooMuch(limits)
  const { signal, leftMs, onOutput } = turn
  const job = jobOf(name, limits, options)
  const { exitCode, reason, ...changes } = await python.run({ job, files, signal, timeoutMs: leftMs, onOutput })
  await bringBack({ folder, files, turn }, changes)
  return { exitCode, ...(reason !== undefined && { reason }) }
}

function jobOf(filename: string, limits: ExecutionLimits, { env = {}, stdin = '' }: ExecuteOptions): Job {
  const { memoryBytes, diskBytes, fileBytes } = limits
  return { filename, env, stdin, memoryBytes, diskBytes, fileBytes }
}

function* inputOf(files: ReadonlyMap<string, Uint8Array>): Generator<string> {
  for (const [name, bytes] of files) for (const frame of framesOf(name, bytes)) yield lineOf(frame)
}

/** Of all threads together, and more than enough: it is the last wall, not the limit. */
function cpuSeconds({ leftMs }: BlockTurn): number {
  return leftMs / 250 + 60
}

function endOf({ exitCode, reason }: Pick<BlockEnd, 'exitCode' | 'reason'>): BlockEnd {
  if (reason !== undefined) return { exitCode, reason }
  return OUT_OF_MEMORY.includes(exitCode) ? { exitCode: 137, reason: 'memory' } : { exitCode }
}

function tooMuch({ diskBytes }: ExecutionLimits): BlockEnd {
  return { exitCode: 137, reason: 'disk', note: `The files in the work folder take more than ${diskBytes} bytes.` }
}

/** Where a program ran, and what it found there. */
interface Place {
  readonly folder: string
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly turn: BlockTurn
}

/** Brings changes into the folder. Names that can stand on no disk are said on stderr. */
async function bringBack({ folder, files, turn }: Place, { written, removed }: FolderChanges): Promise<void> {
  // Only what it was given can a program have deleted, whatever it says.
  const gone = new Set([...removed].filter((name) => files.has(name)))
  const refused = await applyChanges(folder, { written, removed: gone })
  for (const name of refused.slice(0, 10)) {
    turn.onOutput('stderr', `The file ${JSON.stringify(name)} is not kept: its name cannot stand in a work folder.\n`)
  }
}
