import { posix } from 'node:path'

/** How code of one language is treated. */
export interface Language {
  readonly name: 'python' | 'sh' | 'bash' | 'javascript' | 'typescript' | 'html' | 'css'
  /** Other words that stand behind a fence. */
  readonly aliases: readonly string[]
  readonly extension: string
  /** Whether a program is run, or only saved. */
  readonly runs: boolean
}

/** The languages that programs on a machine can be run in, and those that are only saved. */
export const LANGUAGES: readonly Language[] = Object.freeze([
  { name: 'python', aliases: ['py', 'python3'], extension: 'py', runs: true },
  { name: 'sh', aliases: ['shell'], extension: 'sh', runs: true },
  { name: 'bash', aliases: [], extension: 'sh', runs: true },
  { name: 'javascript', aliases: ['js', 'node'], extension: 'js', runs: true },
  { name: 'typescript', aliases: ['ts'], extension: 'ts', runs: true },
  { name: 'html', aliases: [], extension: 'html', runs: false },
  { name: 'css', aliases: [], extension: 'css', runs: false },
])

/** The language that a fence names, in whatever case. */
export function languageNamed(label: string): Language | undefined {
  const name = label.toLowerCase()
  return LANGUAGES.find((language) => language.name === name || language.aliases.includes(name))
}

/** All words for languages: first the names, then their aliases. */
export function labelsOf(languages: readonly Language[]): readonly string[] {
  return [...languages.map(({ name }) => name), ...languages.flatMap(({ aliases }) => aliases)]
}

/** Which programs run code. */
export interface Interpreters {
  readonly python?: string
  readonly sh?: string
  readonly bash?: string
  readonly node?: string
}

/** The command that runs a file, or `undefined` if there is no program for it. */
export function commandFor({ name }: Language, file: string, interpreters: Interpreters): string[] | undefined {
  const { python, sh, bash, node } = interpreters
  // A name such as "-c" is a file, not an option.
  const path = posix.isAbsolute(file) ? file : `./${file}`
  if (name === 'python') return python === undefined ? undefined : [python, path]
  if (name === 'sh') return sh === undefined ? undefined : [sh, path]
  if (name === 'bash') return bash === undefined ? undefined : [bash, path]
  if (node === undefined) return undefined
  if (name === 'typescript') return [node, '--experimental-strip-types', '--disable-warning=ExperimentalWarning', path]
  return name === 'javascript' ? [node, path] : undefined
}
