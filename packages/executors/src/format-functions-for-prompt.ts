import { readFunction } from './functions/function-source.ts'
import { moduleNamed, namedFunctions, type FunctionOptions, type PythonFunction } from './functions/python-function.ts'

/** How functions are described. */
export interface FormatFunctionsOptions extends Pick<FunctionOptions, 'functionsModule'> {
  /** A text in which `$module_name` and `$functions` are filled in. Default: three sentences of our own. */
  readonly template?: string
}

const TEMPLATE = `There are functions for your Python programs, in the module \`$module_name\`. Import what you need by name, as in \`from $module_name import foo\`.
You see what they take and what they are for; they work as they are, so do not write them again.

$functions`

/**
 * Describes functions to whoever writes programs: put it behind a system message. Each is shown by its signature and its
 * docstring, with `...` in place of its body.
 *
 * @throws ConfigurationError for what is no function, and for doubled names.
 */
export function formatFunctionsForPrompt(
  functions: readonly PythonFunction[],
  options: FormatFunctionsOptions = {},
): string {
  const module = moduleNamed('formatFunctionsForPrompt', options.functionsModule)
  const stubs = namedFunctions('formatFunctionsForPrompt', functions).map(({ source }) => stubOf(source))
  const parts: Readonly<Record<string, string>> = { $module_name: module, $functions: stubs.join('\n\n') }
  return (options.template ?? TEMPLATE).replace(/\$(?:module_name|functions)\b/g, (slot) => parts[slot] ?? slot)
}

function stubOf(source: string): string {
  const { signature = '', docstring } = readFunction(source) ?? {}
  const indent = /^\s+/.exec(docstring ?? '')?.[0] ?? '    '
  return [signature, ...(docstring === undefined ? [] : [docstring]), `${indent}...`].join('\n')
}
