import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodeExecutorError } from 'conversable'
import { refused } from '../check-execution.ts'
import { languageNamed } from '../languages.ts'
import { quote } from '../quote.ts'
import type { BlockEnd, BlockRunner, BlockTurn } from '../run-blocks.ts'
import { installPackages } from '../virtual-environment.ts'
import { checkProgram, HEADER, moduleOf } from './functions-module.ts'
import { moduleNamed, namedFunctions, type FunctionOptions, type NamedFunction } from './python-function.ts'

/** Whom functions are given to. */
export interface FunctionsOwner {
  /** The class of the executor. */
  readonly name: string
  /**
   * Where packages are installed: into this virtual environment; by the executor itself (`true`); nowhere (`false`);
   * nowhere, but there may be some.
   */
  readonly packages?: string | boolean | undefined
  /** What to do if a package is missing. Default: to give a virtual environment. */
  readonly advice?: string
}

const ADVICE = 'Give the executor a virtualEnv, where it is installed.'
/** The most that is kept of what a check says. */
const MOST_WORDS = 10_000

/** The functions that one executor gives to its programs. */
export class GivenFunctions {
  readonly #owner: FunctionsOwner
  readonly #functions: readonly NamedFunction[]
  readonly #module: string
  #isPrepared = false
  #isChecked = false

  private constructor(owner: FunctionsOwner, functions: readonly NamedFunction[], module: string) {
    this.#owner = owner
    this.#functions = functions
    this.#module = module
  }

  /**
   * The functions of an executor's options; nothing if there are none.
   *
   * @throws ConfigurationError for what cannot work as far as it is seen without Python, and for packages where there
   *   are none.
   */
  static from(owner: FunctionsOwner, { functions, functionsModule }: FunctionOptions): GivenFunctions | undefined {
    const module = moduleNamed(owner.name, functionsModule)
    const named = functions === undefined ? [] : namedFunctions(owner.name, functions)
    for (const {
      name,
      packages: [one],
    } of owner.packages === false ? named : []) {
      if (one === undefined) continue
      throw refused(
        `The function ${quote(name)} needs the package ${quote(one)}, and ${owner.name} has the standard library alone.`,
      )
    }
    return named.length === 0 ? undefined : new GivenFunctions(owner, named, module)
  }

  /** The packages that functions need, each once. */
  get packages(): readonly string[] {
    return [...new Set(this.#functions.flatMap((one) => one.packages))]
  }

  /** What is to stand in the work folder. */
  get files(): Readonly<Record<string, string>> {
    return { [this.#file]: moduleOf(this.#functions) }
  }

  /**
   * Makes ready for the first run: installs packages, and makes sure that the folder has no other module of that name.
   *
   * @throws ConfigurationError if it has; CodeExecutorError that says why a package cannot be installed.
   */
  async prepare(folder: string, signal: AbortSignal): Promise<void> {
    if (this.#isPrepared) return
    await this.#refuseOther(folder)
    const { packages: virtualEnv } = this.#owner
    const { packages } = this
    try {
      if (typeof virtualEnv === 'string' && packages.length > 0) await installPackages(virtualEnv, packages, { signal })
      this.#isPrepared = true
    } catch (error) {
      // The run that is about to begin says that it was ended.
      if (!signal.aborted) throw error
    }
  }

  /**
   * A runner that tries the functions before it runs its first Python.
   *
   * Its runs fail with a CodeExecutorError that names the function which cannot be used.
   */
  over(runner: BlockRunner): BlockRunner {
    return {
      ...runner,
      run: async (block, turn) => {
        if (languageNamed(block.language)?.name !== 'python') return runner.run(block, turn)
        return (await this.#check(runner, turn)) ?? (await runner.run(block, turn))
      },
    }
  }

  get #file(): string {
    return `${this.#module}.py`
  }

  async #refuseOther(folder: string): Promise<void> {
    const path = join(folder, this.#file)
    const stats = await lstat(path).catch(() => undefined)
    if (!stats || (stats.isFile() && (await readFile(path, 'utf8')).startsWith(HEADER))) return
    throw refused(
      `The folder ${quote(folder)} has a file ${quote(this.#file)} already, which functions would be written over. ` +
        'Give another name as functionsModule.',
    )
  }

  /** Gives how it ended if that was before the functions were known to work. */
  async #check(runner: BlockRunner, turn: BlockTurn): Promise<BlockEnd | undefined> {
    if (this.#isChecked) return undefined
    let words = ''
    const onOutput = (_stream: string, text: string): boolean => (words += text).length > MOST_WORDS
    const code = checkProgram(this.#functions, {
      module: this.#module,
      isInstalled: typeof this.#owner.packages === 'string' || this.#owner.packages === true,
      advice: this.#owner.advice ?? ADVICE,
    })
    const end = await runner.run({ language: 'python', code }, { ...turn, onOutput })
    if (end.reason !== undefined) return end
    if (end.exitCode !== 0) throw this.#failed(words.trim())
    this.#isChecked = true
    return undefined
  }

  #failed(words: string): CodeExecutorError {
    const message = `The functions given to ${this.#owner.name} cannot be used. ${words}`
    return new CodeExecutorError(message, { retryable: false })
  }
}
