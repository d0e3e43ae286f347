import { refused } from '../check-execution.ts'
import { quote } from '../quote.ts'
import { isPackage } from '../virtual-environment.ts'
import { readFunction } from './function-source.ts'

/** A function in Python that programs can import. */
export interface PythonFunction {
  /** The source of one function, with its docstring; it may be indented as a whole, as in a template literal. */
  readonly source: string
  /** Packages that it needs, as pip knows them, such as `numpy` or `pandas>=2`. Default: none. */
  readonly packages?: readonly string[]
  /** Lines such as `import math` and `from datetime import date`, which stand in front of the function. Default: none. */
  readonly imports?: readonly string[]
}

/** Functions that an executor gives to the programs that it runs. */
export interface FunctionOptions {
  /** Functions in Python that programs can import. Default: none. */
  readonly functions?: readonly PythonFunction[]
  /** The module that they are in, a file of the work folder. Default `functions`. */
  readonly functionsModule?: string
}

/** The names of {@link FunctionOptions}. */
export const FUNCTION_OPTIONS: readonly string[] = Object.freeze(['functions', 'functionsModule'])

/** A function of which nothing is left out. */
export interface NamedFunction extends Required<PythonFunction> {
  readonly name: string
}

const DEFAULT_MODULE = 'functions'
const IMPORT = /^(?:import|from[ \t]+\S+[ \t]+import)[ \t]+\S.*$/

/**
 * The name of the module, checked.
 *
 * @throws ConfigurationError for a name that no import can have.
 */
export function moduleNamed(owner: string, name: unknown = DEFAULT_MODULE): string {
  if (typeof name === 'string' && /^[A-Za-z_]\w{0,99}$/.test(name)) return name
  throw refused(`${owner} has ${quote(name)} as functionsModule. Give a name of letters, digits and _.`)
}

/**
 * The functions, each with its name and its source at the margin.
 *
 * @throws ConfigurationError for what is no function, for doubled names, and for imports and packages that are none.
 */
export function namedFunctions(owner: string, functions: unknown): NamedFunction[] {
  if (!Array.isArray(functions)) {
    throw refused(`${owner} has ${quote(functions)} as functions. Give a list, as in [{ source: 'def add(a, b): …' }].`)
  }
  const named = (functions as unknown[]).map((one) => namedFunction(owner, one))
  const twice = named.find(({ name }, index) => named.some((other, at) => at < index && other.name === name))
  if (twice) throw refused(`${owner} is given the function ${quote(twice.name)} twice. Give each a name of its own.`)
  return named
}

function namedFunction(owner: string, given: unknown): NamedFunction {
  // Looked at below, field by field.
  const { source, packages = [], imports = [] } = (given ?? {}) as Partial<Record<keyof PythonFunction, unknown>>
  const text = typeof source === 'string' ? atMargin(source) : ''
  const name = readFunction(text)?.name
  if (name === undefined) {
    throw refused(
      `${owner} is given ${quote(given)} as a function. Give the source of one Python function, as in ` +
        `{ source: 'def add(a, b):\\n    return a + b' }.`,
    )
  }
  const about = `The function ${quote(name)}, given to ${owner},`
  return {
    name,
    source: text,
    packages: texts(packages, isPackage, `${about} has {} as packages. Give names such as "numpy".`),
    imports: texts(
      imports,
      (line) => IMPORT.test(line),
      `${about} has {} as imports. Give lines such as "import math".`,
    ),
  }
}

function texts(given: unknown, isGood: (text: string) => boolean, problem: string): readonly string[] {
  // Checked by the next line.
  const list = (Array.isArray(given) ? given : [undefined]) as unknown[]
  if (list.every((one): one is string => typeof one === 'string' && isGood(one))) return list
  throw refused(problem.replace('{}', () => quote(given)))
}

/** A source without the indentation that all of its lines have, and without empty lines around it. */
function atMargin(source: string): string {
  const lines = source
    .replace(/^(?:[ \t]*\r?\n)+/, '')
    .trimEnd()
    .split(/\r?\n/)
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0)
  const least = Math.min(...indents)
  return lines.map((line) => line.slice(Math.min(least, line.length - line.trimStart().length))).join('\n')
}
