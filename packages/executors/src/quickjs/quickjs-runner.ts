import type { Artifact, CodeBlock, ExecutionLimits } from 'conversable'
import { isFileName } from '../file-name.ts'
import { mimeOf } from '../mime.ts'
import type { BlockEnd, BlockRunner, BlockTurn } from '../run-blocks.ts'
import { runProgram } from './run-program.ts'

/** What blocks are run with. */
export interface Surroundings {
  readonly languages: readonly string[]
  readonly limits: ExecutionLimits
  /** Files that were given to this run. */
  readonly given: ReadonlyMap<string, string>
  /** Files that programs wrote, earlier ones included; added to. */
  readonly folder: Map<string, string>
}

/** How much later than it is due a process ends itself, if nobody has ended it by then. */
const GRACE_MS = 5000

/** Runs each block in a process of its own, with an engine of its own. */
export function quickJsRunner({ languages, limits, given, folder }: Surroundings): BlockRunner {
  const written = new Map<string, string>()
  return { limits, run, artifacts: async () => [...written].map(([name, text]) => artifactOf(name, text)) }

  async function run(block: CodeBlock, turn: BlockTurn): Promise<BlockEnd> {
    const filename = block.filename?.replace(/^(?:\.\/)+/, '') ?? defaultName(turn)
    const refusal = refusalOf(block, filename, languages)
    if (refusal) return refusal
    const { memoryBytes, diskBytes, fileBytes } = limits
    const program = {
      filename,
      code: block.code,
      memoryBytes,
      diskBytes,
      fileBytes,
      deadline: Date.now() + turn.leftMs + GRACE_MS,
      files: new Map([...folder, ...given, ...written]),
      written: [...folder.keys()],
    }
    const end = await runProgram(program, { ...turn, timeoutMs: turn.leftMs })
    for (const [name, text] of end.written) for (const files of [folder, written]) files.set(name, text)
    // The engine has said on stderr that its memory is full.
    return end.reason === 'memory' ? { ...end, note: '' } : end
  }
}

function defaultName({ index, count }: BlockTurn): string {
  return count === 1 ? 'program.js' : `block-${index + 1}.js`
}

/** In the words of AutoGen. */
function refusalOf({ language }: CodeBlock, filename: string, languages: readonly string[]): BlockEnd | undefined {
  if (!languages.includes(language.toLowerCase())) {
    return { exitCode: 1, reason: 'unsupported-language', note: `unknown language ${language}` }
  }
  if (isFileName(filename)) return undefined
  return { exitCode: 1, reason: 'bad-filename', note: 'Filename is not in the workspace' }
}

function artifactOf(path: string, text: string): Artifact {
  const bytes = Buffer.from(text)
  return { path, mime: mimeOf(path), size: bytes.length, origin: 'file', read: async () => new Uint8Array(bytes) }
}
