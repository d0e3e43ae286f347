import type { Artifact, CodeBlock, CodeResult, ExecutionEnd, ExecutionLimits } from 'conversable'
import { OutputBuffer } from './output-buffer.ts'
import type { ExecutionControls } from './started-execution.ts'

/** How one block ended. */
export interface BlockEnd {
  readonly exitCode: number
  readonly reason?: ExecutionEnd
  /** Why the block was not run at all, or what else there is to say behind its output. */
  readonly note?: string
}

/** A block's share of its run. */
export interface BlockTurn {
  readonly index: number
  /** How many blocks there are. */
  readonly count: number
  /** How much of the time of all blocks is left at the moment when it is read. */
  readonly leftMs: number
  readonly signal: AbortSignal
  /** Takes a piece of output. Gives whether the program has printed too much and is to be ended. */
  readonly onOutput: (stream: 'stdout' | 'stderr', text: string) => boolean
  /** Takes what a notebook kernel displays: its media types, and their values. */
  readonly onDisplay: (data: Readonly<Record<string, string | Uint8Array>>) => void
}

/** How an executor runs one block, and what it finds afterwards. */
export interface BlockRunner {
  readonly limits: ExecutionLimits
  run(block: CodeBlock, turn: BlockTurn): Promise<BlockEnd>
  /** Whether the output of each block is its stderr, then its stdout, instead of both as they came. */
  readonly stderrFirst?: boolean
  /** Called once, when nothing runs any more. */
  artifacts?(): Promise<readonly Artifact[]>
}

/** A program that prints this many times what is kept of its output is ended. */
const FLOOD = 8

/** Runs blocks in order, up to the first that fails, and puts together what came of them. */
export async function runBlocks(
  blocks: readonly CodeBlock[],
  runner: BlockRunner,
  { signal, emit }: ExecutionControls,
): Promise<CodeResult> {
  const started = performance.now()
  const { limits } = runner
  const output = new OutputBuffer(limits.outputBytes)
  const held = { stderr: new OutputBuffer(limits.outputBytes), stdout: new OutputBuffer(limits.outputBytes) }
  let bytes = 0
  let end: BlockEnd = { exitCode: 0 }
  for (const [index, block] of blocks.entries()) {
    emit({ type: 'start', block: index, language: block.language })
    const onOutput = (type: 'stdout' | 'stderr', text: string): boolean => {
      bytes += Buffer.byteLength(text)
      if (runner.stderrFirst) held[type].add(text)
      else output.add(text)
      emit({ type, block: index, text })
      return bytes > FLOOD * limits.outputBytes
    }
    const turn = {
      index,
      count: blocks.length,
      get leftMs() {
        return Math.max(0, started + limits.timeoutMs - performance.now())
      },
      signal,
      onOutput,
      onDisplay: (data: Readonly<Record<string, string | Uint8Array>>) => emit({ type: 'display', block: index, data }),
    }
    end = signal.aborted ? { exitCode: 137, reason: 'aborted' } : await runner.run(block, turn)
    for (const type of ['stderr', 'stdout'] as const) {
      if (held[type].bytes === 0) continue
      output.add(held[type].toString())
      held[type] = new OutputBuffer(limits.outputBytes)
    }
    if (end.exitCode !== 0) break
    if (end.note !== undefined) output.add(end.note)
  }
  const artifacts = (await runner.artifacts?.()) ?? []
  for (const artifact of artifacts) emit({ type: 'artifact', artifact })
  return {
    exitCode: end.exitCode,
    output: withNote(output.toString(), noteOf(end, limits)),
    ...(end.reason !== undefined && { reason: end.reason }),
    truncated: bytes > limits.outputBytes,
    durationMs: Math.round(performance.now() - started),
    artifacts,
  }
}

/** What the result says of an end that the program's own output does not tell. */
function noteOf({ exitCode, reason, note }: BlockEnd, limits: ExecutionLimits): string {
  if (exitCode === 0) return ''
  if (note !== undefined) return note
  const { outputBytes, memoryBytes, processes, diskBytes } = limits
  if (reason === 'timeout') return '\nTimeout'
  if (reason === 'output') return `\nEnded: it printed more than ${FLOOD * outputBytes} bytes.`
  if (reason === 'memory') return `\nEnded: it needs more than the ${memoryBytes} bytes of memory that it may use.`
  if (reason === 'processes') return `\nEnded: it started more than the ${processes} processes that it may have.`
  return reason === 'disk' ? `\nEnded: it wrote more than the ${diskBytes} bytes that its files may take.` : ''
}

function withNote(output: string, note: string): string {
  return output === '' || output.endsWith('\n') || note === '' || note.startsWith('\n')
    ? output + note
    : `${output}\n${note}`
}
