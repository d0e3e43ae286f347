import { fileURLToPath } from 'node:url'

/** A process to start. */
export interface DenoCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** What a process of Deno is allowed, and which program of this folder it runs. */
export interface DenoSetup {
  readonly child: 'python-child' | 'script-child' | 'shell-child'
  readonly args: readonly string[]
  readonly readable: readonly string[]
  readonly writable?: readonly string[]
  /** What in there is out of reach all the same. */
  readonly denied?: readonly string[]
  /** Variables that the program may read. */
  readonly variables?: Readonly<Record<string, string>>
  readonly heapBytes: number
  /** How much time of a processor it may take, should nobody be left to end it. */
  readonly cpuSeconds: number
  readonly importMap?: string
}

/**
 * The command of a Deno that may do nothing but what stands in its setup: no network, no programs, no environment.
 *
 * Its own folder lies where none can be, so that it keeps nothing on disk: neither what it compiled nor what programs
 * put into `localStorage` and `caches`, where it would outlive them.
 */
export function denoCommand(deno: string, setup: DenoSetup): DenoCommand {
  const env = { ...setup.variables, DENO_DIR: `${deno}/none`, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' }
  const args = denoArgs(setup)
  if (process.platform === 'win32') return { command: deno, args, env }
  const limit = ['-c', 'ulimit -c 0; ulimit -t "$0" && exec "$@"', String(Math.ceil(setup.cpuSeconds))]
  return { command: '/bin/sh', args: [...limit, deno, ...args], env }
}

/** Nothing is asked of anybody, fetched, looked for or kept, and every variable seems not to be set. */
const FIXED: readonly string[] =
  'run --quiet --no-prompt --no-remote --no-npm --no-config --no-lock --cached-only --no-code-cache --ignore-env'.split(
    ' ',
  )

function denoArgs(setup: DenoSetup): string[] {
  const { child, args, readable, writable = [], denied = [], variables = {}, heapBytes, importMap } = setup
  return [
    ...FIXED,
    `--v8-flags=--max-old-space-size=${Math.ceil(heapBytes / 2 ** 20)}`,
    `--allow-read=${listOf(readable)}`,
    ...(writable.length === 0 ? [] : [`--allow-write=${listOf(writable)}`]),
    ...(denied.length === 0 ? [] : [`--deny-read=${listOf(denied)}`, `--deny-write=${listOf(denied)}`]),
    ...(Object.keys(variables).length === 0 ? [] : [`--allow-env=${Object.keys(variables).join(',')}`]),
    ...(importMap === undefined ? [] : [`--import-map=${importMap}`]),
    childPath(child),
    ...args,
  ]
}

function listOf(paths: readonly string[]): string {
  return paths.map((path) => path.replaceAll(',', ',,')).join(',')
}

// A source runs the source of its child, and what is built the child that is built beside it.
function childPath(name: string): string {
  return fileURLToPath(new URL(`./${name}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url))
}
