import type { CodeBlock, ExecuteOptions, ExecutionLimits } from 'conversable'
import { ArtifactCollector } from './artifacts.ts'
import { refused } from './check-execution.ts'
import { codeFileName, writeInto } from './code-file.ts'
import { FILE_NAME_ADVICE } from './file-name.ts'
import type { GivenFunctions } from './functions/given-functions.ts'
import { languageNamed, type Language } from './languages.ts'
import { quote } from './quote.ts'
import type { BlockEnd, BlockRunner, BlockTurn } from './run-blocks.ts'

/** Where code files are written, and who runs them. */
export interface FileRunnerOptions {
  readonly limits: ExecutionLimits
  /** Ends the installing of packages. */
  readonly signal: AbortSignal
  /** On the host. */
  readonly folder: string
  /** The same folder as programs see it. Default: as the host does. */
  readonly inside?: string
  /** Whom files are to belong to. Default: whoever runs the host. */
  readonly uid?: number
  /** Which languages are run, and which only saved. Default: as {@link Language.runs} says. */
  readonly runs?: (language: Language) => boolean
  /** What is said of a language that nobody knows. Default: AutoGen's words for programs of the machine. */
  readonly unknownLanguage?: (label: string) => string
  /** Files that are written before the first block. */
  readonly files?: ExecuteOptions['files']
  /** Functions that programs can import. */
  readonly functions?: GivenFunctions | undefined
  /** The command that runs a file, or the reason why there is none. */
  readonly commandFor: (language: Language, file: string) => Promise<readonly string[] | string>
  /** Runs a command, and is done when nothing of it is left. */
  readonly run: (command: readonly string[], turn: BlockTurn, language: Language) => Promise<BlockEnd>
  /** What runs the text of a block in some languages, instead of its file. A block is then saved only if it has a name. */
  readonly runText?: (language: Language) => TextRunner | undefined
}

/** Runs the text of a block. */
export type TextRunner = (code: string, turn: BlockTurn) => Promise<BlockEnd>

/**
 * Runs each block as a program of its own, from a file in a folder.
 *
 * @throws ConfigurationError for files whose names lead out of the folder.
 */
export async function fileRunner(options: FileRunnerOptions): Promise<BlockRunner> {
  const { limits, folder, inside = folder, commandFor, functions } = options
  const { runs = (language) => language.runs, unknownLanguage = (label) => `\nunknown language ${label}` } = options
  await functions?.prepare(folder, options.signal)
  await writeGiven(options)
  const collector = await ArtifactCollector.start(folder)
  const runner = { limits, run, artifacts: () => collector.collect() }
  return functions?.over(runner) ?? runner

  async function run(block: CodeBlock, turn: BlockTurn): Promise<BlockEnd> {
    const language = languageNamed(block.language)
    if (!language) {
      return { exitCode: 1, reason: 'unsupported-language', note: unknownLanguage(block.language) }
    }
    const runText = options.runText?.(language)
    if (runText && block.filename === undefined) return runText(block.code, turn)
    const name = codeFileName(block, language.extension)
    if (!(await writeInto(folder, { ...own(options), name, content: block.code }))) {
      return { exitCode: 1, reason: 'bad-filename', note: 'Filename is not in the workspace' }
    }
    await collector.except(name)
    if (runText) return runText(block.code, turn)
    const file = `${inside}/${name}`
    if (!runs(language)) return { exitCode: 0, note: `Code saved to ${file}\n` }
    const command = await commandFor(language, file)
    if (typeof command === 'string') return { exitCode: 1, reason: 'unsupported-language', note: `\n${command}` }
    return options.run(command, turn, language)
  }
}

function own({ uid }: FileRunnerOptions): { uid?: number } {
  return uid === undefined ? {} : { uid }
}

async function writeGiven(options: FileRunnerOptions): Promise<void> {
  for (const [name, content] of Object.entries({ ...options.functions?.files, ...options.files })) {
    if (typeof content !== 'string' && !(content instanceof Uint8Array)) {
      throw refused(`The content of file ${quote(name)} is ${quote(content)}. Give a text or bytes.`)
    }
    if (await writeInto(options.folder, { ...own(options), name, content })) continue
    throw refused(`${quote(name)} is no name for a file in the work folder. ${FILE_NAME_ADVICE}`)
  }
}
