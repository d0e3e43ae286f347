import { existsSync } from 'node:fs'
import { commandFor, type Language } from './languages.ts'
import { pythons } from './python.ts'

/** A program that runs code in the sandbox, and what it needs to see there. */
export interface Interpreter {
  readonly program: string
  readonly readable: readonly string[]
}

/** Whether a command ends with exit code 0 in the sandbox. */
type Trial = (command: readonly string[], readable: readonly string[]) => Promise<boolean>

/** Finds which programs run code in a sandbox, each when it is first asked for, by running it there. */
export class Interpreters {
  readonly #python: string | undefined
  readonly #works: Trial
  readonly #found = new Map<string, Promise<Interpreter | undefined>>()

  constructor(works: Trial, python?: string) {
    this.#works = works
    this.#python = python
  }

  /** The command that runs a file, or why there is none. */
  async commandFor(language: Language, file: string): Promise<readonly string[] | string> {
    const program = programOf(language)
    const interpreter = await this.find(language)
    const command = interpreter && commandFor(language, file, { [program]: interpreter.program })
    if (command) return command
    const wanted = language.name === 'typescript' ? 'node 22.6 or later' : program
    return `No ${wanted} of this machine runs in the sandbox, so there is no ${language.name}. Install ${wanted} under /usr.`
  }

  /** The first Python that can import all of these in the sandbox. */
  pythonWith(modules: readonly string[]): Promise<Interpreter | undefined> {
    return this.#once(modules.join(), () => this.#findPython(modules))
  }

  async #findPython(modules: readonly string[]): Promise<Interpreter | undefined> {
    const args = ['-c', `import ${modules.join(', ')}`] as const
    for await (const { executable, folders } of pythons(this.#python)) {
      const found = await this.#tried({ program: executable, readable: folders.filter(isOutside) }, ...args)
      if (found) return found
    }
    // One that is not on the host's PATH, or that only other users than the host's can see.
    return this.#python === undefined ? this.#tried({ program: '/usr/bin/python3', readable: [] }, ...args) : undefined
  }

  /** What runs a language; nothing if nothing here does. */
  find(language: Language): Promise<Interpreter | undefined> {
    return this.#once(language.name, () => this.#search(language))
  }

  #once(key: string, find: () => Promise<Interpreter | undefined>): Promise<Interpreter | undefined> {
    const finding = this.#found.get(key) ?? find()
    this.#found.set(key, finding)
    return finding
  }

  #search(language: Language): Promise<Interpreter | undefined> {
    const program = programOf(language)
    if (program === 'python') return this.pythonWith(['json', 'ctypes'])
    // Whether an older one reads types is not to be found out by a program of the user's.
    if (program === 'node') return this.#findNode(language.name === 'typescript' ? ['--experimental-strip-types'] : [])
    return this.#tried({ program: `/bin/${program}`, readable: [] }, '-c', 'exit 0')
  }

  async #findNode(options: readonly string[]): Promise<Interpreter | undefined> {
    const { execPath } = process
    const own = { program: execPath, readable: isOutside(execPath) ? [execPath] : [] }
    const found = await this.#tried(own, ...options, '-e', '0')
    return found ?? this.#tried({ program: '/usr/bin/node', readable: [] }, ...options, '-e', '0')
  }

  async #tried(interpreter: Interpreter, ...args: readonly string[]): Promise<Interpreter | undefined> {
    const { program, readable } = interpreter
    if (!existsSync(program)) return undefined
    return (await this.#works([program, ...args], readable)) ? interpreter : undefined
  }
}

function programOf({ name }: Language): string {
  return name === 'javascript' || name === 'typescript' ? 'node' : name
}

/** Whether a path is not seen in every sandbox anyway. */
function isOutside(path: string): boolean {
  return !['/usr/', '/bin/', '/lib/', '/lib64/', '/nix/store/'].some((folder) => path.startsWith(folder))
}
