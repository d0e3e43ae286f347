import type { Artifact, CodeBlock, CodeResult, ExecutionEnd, ExecutionLimits } from 'conversable'
import { isFileName } from '../file-name.ts'
import { mimeOf } from '../mime.ts'
import { OutputBuffer } from '../output-buffer.ts'
import type { ExecutionControls } from '../started-execution.ts'
import { runProgram, type ProgramEnd } from './run-program.ts'

/** What blocks are run with. */
export interface Surroundings {
  readonly languages: readonly string[]
  readonly limits: ExecutionLimits
  /** Files that were given to this run. */
  readonly given: ReadonlyMap<string, string>
  /** Files that programs wrote, earlier ones included; added to. */
  readonly folder: Map<string, string>
}

/** A program that prints this many times what is kept of its output is ended. */
const FLOOD = 8
/** How much later than it is due a process ends itself, if nobody has ended it by then. */
const GRACE_MS = 5000

/** Runs blocks in order, each in a process of its own, up to the first that fails. */
export async function runBlocks(
  blocks: readonly CodeBlock[],
  { languages, limits, given, folder }: Surroundings,
  { signal, emit }: ExecutionControls,
): Promise<CodeResult> {
  const started = performance.now()
  const output = new OutputBuffer(limits.outputBytes)
  const written = new Map<string, string>()
  let end: BlockEnd = { exitCode: 0 }
  for (const [index, block] of blocks.entries()) {
    emit({ type: 'start', block: index, language: block.language })
    const filename = block.filename?.replace(/^(?:\.\/)+/, '') ?? defaultName(index, blocks.length)
    end = refusalOf(block, filename, languages) ?? (await run(block, index, filename))
    if (end.exitCode !== 0) break
  }
  const artifacts = [...written].map(([name, text]) => artifactOf(name, text))
  for (const artifact of artifacts) emit({ type: 'artifact', artifact })
  return {
    exitCode: end.exitCode,
    output: withNote(output.toString(), noteOf(end, limits)),
    ...(end.reason !== undefined && { reason: end.reason }),
    truncated: output.truncated,
    durationMs: Math.round(performance.now() - started),
    artifacts,
  }

  async function run({ code }: CodeBlock, index: number, filename: string): Promise<ProgramEnd> {
    const { timeoutMs, memoryBytes, diskBytes, fileBytes, outputBytes } = limits
    const left = started + timeoutMs - performance.now()
    const program = {
      filename,
      code,
      memoryBytes,
      diskBytes,
      fileBytes,
      deadline: Date.now() + left + GRACE_MS,
      files: new Map([...folder, ...given, ...written]),
      written: [...folder.keys()],
    }
    const onOutput = (type: 'stdout' | 'stderr', text: string): boolean => {
      output.add(text)
      emit({ type, block: index, text })
      return output.bytes > FLOOD * outputBytes
    }
    const programEnd = await runProgram(program, { signal, timeoutMs: left, onOutput })
    for (const [name, text] of programEnd.written) for (const files of [folder, written]) files.set(name, text)
    return programEnd
  }
}

interface BlockEnd {
  readonly exitCode: number
  readonly reason?: ExecutionEnd
  /** Why the block was not run at all. */
  readonly refusal?: string
}

function defaultName(index: number, count: number): string {
  return count === 1 ? 'program.js' : `block-${index + 1}.js`
}

/** In the words of AutoGen. */
function refusalOf({ language }: CodeBlock, filename: string, languages: readonly string[]): BlockEnd | undefined {
  if (!languages.includes(language.toLowerCase())) {
    return { exitCode: 1, reason: 'unsupported-language', refusal: `unknown language ${language}` }
  }
  if (isFileName(filename)) return undefined
  return { exitCode: 1, reason: 'bad-filename', refusal: 'Filename is not in the workspace' }
}

/** What the result says of an end that the program's own output does not tell. */
function noteOf({ reason, refusal }: BlockEnd, { outputBytes }: ExecutionLimits): string | undefined {
  if (refusal !== undefined) return refusal
  if (reason === 'timeout') return '\nTimeout'
  return reason === 'output' ? `\nEnded: it printed more than ${FLOOD * outputBytes} bytes.` : undefined
}

function withNote(output: string, note = ''): string {
  return output === '' || output.endsWith('\n') || note === '' || note.startsWith('\n')
    ? output + note
    : `${output}\n${note}`
}

function artifactOf(path: string, text: string): Artifact {
  const bytes = Buffer.from(text)
  return { path, mime: mimeOf(path), size: bytes.length, origin: 'file', read: async () => new Uint8Array(bytes) }
}
