import { FILE_NAME_ADVICE, isFileName } from '../file-name.ts'

/** How many files programs may leave in a folder. */
const MOST_FILES = 200

/** What a {@link Folder} lets a program write. */
export interface FolderLimits {
  readonly diskBytes: number
  readonly fileBytes: number
}

/** The files that a program finds, and those that it writes. They are texts in memory. */
export class Folder {
  readonly #limits: FolderLimits
  readonly #files = new Map<string, string>()
  /** The size of each file that programs wrote, this one or earlier ones. */
  readonly #sizes = new Map<string, number>()
  readonly #written = new Set<string>()

  constructor(limits: FolderLimits) {
    this.#limits = limits
  }

  /** Adds a piece to a file that the program finds. */
  give(name: string, piece: string): void {
    this.#files.set(name, (this.#files.get(name) ?? '') + piece)
  }

  /** Counts a file that the program finds among those that programs wrote. */
  count(name: string): void {
    this.#sizes.set(name, Buffer.byteLength(this.#files.get(name) ?? ''))
  }

  /**
   * A piece of a file, from an offset in UTF-16 units.
   *
   * @throws Error that names the files there are.
   */
  read(name: string, from: number, length: number): string {
    const text = this.#files.get(name)
    if (text === undefined) throw new Error(`There is no file ${JSON.stringify(name)}. ${this.#listed()}`)
    return text.slice(from, from + length)
  }

  /**
   * Begins a file anew, or adds a piece to it.
   *
   * @throws Error for a name that is none, and when there is no room left; the file is then gone.
   */
  write(name: string, piece: string, isFirst: boolean): void {
    if (!isFileName(name)) throw new Error(`${JSON.stringify(name)} is no file name here. ${FILE_NAME_ADVICE}`)
    const bytes = (isFirst ? 0 : (this.#sizes.get(name) ?? 0)) + Buffer.byteLength(piece)
    this.#sizes.set(name, bytes)
    this.#files.set(name, (isFirst ? '' : (this.#files.get(name) ?? '')) + piece)
    this.#written.add(name)
    const problem = this.#problem(bytes)
    if (problem === undefined) return
    for (const record of [this.#sizes, this.#files, this.#written]) record.delete(name)
    throw new Error(`There is no room for ${JSON.stringify(name)}: ${problem}`)
  }

  /** The files that the program wrote. */
  *written(): Generator<readonly [name: string, text: string]> {
    for (const name of this.#written) yield [name, this.#files.get(name) ?? '']
  }

  #problem(bytes: number): string | undefined {
    const { diskBytes, fileBytes } = this.#limits
    const total = [...this.#sizes.values()].reduce((sum, each) => sum + each, 0)
    if (bytes > fileBytes) return `a file may have ${fileBytes} bytes.`
    if (total > diskBytes) return `all files together may have ${diskBytes} bytes.`
    return this.#sizes.size > MOST_FILES ? `there may be ${MOST_FILES} files.` : undefined
  }

  #listed(): string {
    return this.#files.size === 0 ? 'There are no files.' : `There are: ${[...this.#files.keys()].join(', ')}.`
  }
}
