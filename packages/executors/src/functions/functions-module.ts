import type { NamedFunction } from './python-function.ts'

/** The first line of a module of functions, by which it is known. */
export const HEADER = '# Functions for programs, written anew before each run.'

/** The text of a module that holds functions: their imports, each once, then the functions. */
export function moduleOf(functions: readonly NamedFunction[]): string {
  const imports = new Set(functions.flatMap(({ imports: lines }) => lines.map((line) => line.trim())))
  return `${[[HEADER, ...imports].join('\n'), ...functions.map(({ source }) => source)].join('\n\n\n')}\n`
}

/**
 * A program that looks at functions one by one, says on stderr what is wrong with the first that cannot be used, and
 * then ends with exit code 1. In a kernel it leaves no variables.
 *
 * @param options.module - What programs import them from.
 * @param options.isInstalled - Whether packages are known to be there.
 * @param options.advice - What to do if one is not.
 */
export function checkProgram(
  functions: readonly NamedFunction[],
  options: { readonly module: string; readonly isInstalled: boolean; readonly advice: string },
): string {
  // A JSON text as a JSON string is a literal of Python, too.
  const given = JSON.stringify(JSON.stringify({ functions, ...options }))
  const program = CHECK.replaceAll('{{MODULE}}', JSON.stringify(options.module)).replace('{{GIVEN}}', () => given)
  return `exec(${JSON.stringify(program)}, {})`
}

const CHECK = String.raw`
import sys
if {{MODULE}} in getattr(sys, 'stdlib_module_names', sys.builtin_module_names):
    print('The module "' + {{MODULE}} + '" is one of Python itself. Give another name as functionsModule.', file=sys.stderr)
    sys.exit(1)

import ast, importlib, importlib.metadata, json, re

def fail(name, problem):
    print(f'The function "{name}" {problem}', file=sys.stderr)
    sys.exit(1)

def is_missing(package):
    name = re.match(r'[A-Za-z0-9][\w.-]*(?=$|[\s\[<>=!~;@])', package)
    try:
        return name is None or importlib.metadata.version(name[0]) is None
    except importlib.metadata.PackageNotFoundError:
        return True

given = json.loads({{GIVEN}})
space = {'__name__': given['module']}
for one in given['functions']:
    name = one['name']
    try:
        body = ast.parse(one['source']).body
    except (SyntaxError, ValueError) as error:
        fail(name, f'is no right Python: line {getattr(error, "lineno", 1)}: {getattr(error, "msg", error)}.')
    if len(body) != 1 or not isinstance(body[0], (ast.FunctionDef, ast.AsyncFunctionDef)):
        fail(name, 'stands in a source with something else. Give each function as a source of its own.')
    for package in [] if given['isInstalled'] else one['packages']:
        if is_missing(package):
            fail(name, f'needs the package "{package}", which is not there. {given["advice"]}')
    for source in [*one['imports'], one['source']]:
        try:
            exec(source, space)
        except BaseException as error:
            what = 'cannot be loaded' if source == one['source'] else f'has an import that fails, "{source}"'
            fail(name, f'{what}: {type(error).__name__}: {error}')
module = importlib.import_module(given['module'])
for one in given['functions']:
    if not hasattr(module, one['name']):
        fail(one['name'], f'is hidden: "{given["module"]}" is another module. Give another name as functionsModule.')
`
