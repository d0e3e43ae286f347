import { constants, existsSync, statSync } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CodeExecutorError } from 'conversable'
import { checkOptions, refused } from './check-execution.ts'
import { runProcess } from './process-run.ts'
import { pythons } from './python.ts'
import { quote } from './quote.ts'

/** How a virtual environment is made. */
export interface CreateVirtualEnvironmentOptions {
  /** A folder: a new one, or one that is such an environment already. */
  readonly path: string
  /** What is installed into it, as pip knows it: `numpy`, `pandas>=2`, a path to a wheel. Default: nothing but pip. */
  readonly packages?: readonly string[]
  /** The Python that it is made of, by name or path. Default: the first on the PATH; as root one that all users can run. */
  readonly python?: string
  /** Further options of `pip install`, such as `--no-index`. Default: none. */
  readonly pipOptions?: readonly string[]
  /** For each of the two steps, in milliseconds. Default 600 000. */
  readonly timeoutMs?: number
  /** Ends the work. */
  readonly signal?: AbortSignal
}

/** A folder with a Python and packages of its own. */
export interface VirtualEnvironment {
  /** Absolute. Give it to an executor as `virtualEnv`. */
  readonly path: string
  /** Its Python. */
  readonly python: string
  /** The folder of its programs, to stand first on a PATH. */
  readonly programs: string
}

const OPTIONS = Object.freeze(['path', 'packages', 'python', 'pipOptions', 'timeoutMs', 'signal'])
const DEFAULT_TIMEOUT_MS = 600_000

/**
 * Makes a virtual environment of Python and installs packages into it, on this machine, with the network that it has:
 * only for packages that you trust, as what they bring may run while they are installed. Keys of the environment are
 * not passed on, but for those of pip itself (`PIP_…`).
 *
 * Executors that take it as `virtualEnv` let programs use the packages and change none of them. Where the host is root,
 * it has to lie where all users may read, and never where programs write.
 *
 * @throws CodeExecutorError that says what Python or pip said; ConfigurationError for a folder that holds other things.
 */
export async function createVirtualEnvironment(options: CreateVirtualEnvironmentOptions): Promise<VirtualEnvironment> {
  checkOptions('createVirtualEnvironment', options, OPTIONS)
  const { packages = [], pipOptions, signal, timeoutMs } = options
  const path = await freshOrMade(options.path)
  const run = { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) }
  await runPython(await pythonToCopy(options.python), ['-m', 'venv', path], { ...run, what: `python -m venv ${path}` })
  if (packages.length > 0) await installPackages(path, packages, { ...run, ...(pipOptions && { pipOptions }) })
  return { path, python: pythonOf(path), programs: programsOf(path) }
}

/** The Python of a virtual environment. */
export function pythonOf(virtualEnv: string): string {
  return join(programsOf(virtualEnv), process.platform === 'win32' ? 'python.exe' : 'python')
}

/** The folder of the programs of a virtual environment. */
export function programsOf(virtualEnv: string): string {
  return join(resolve(virtualEnv), process.platform === 'win32' ? 'Scripts' : 'bin')
}

/**
 * Refuses a folder that is no virtual environment.
 *
 * @throws ConfigurationError
 */
export function checkVirtualEnv(owner: string, path: unknown): void {
  if (typeof path === 'string' && existsSync(join(path, 'pyvenv.cfg'))) return
  throw refused(
    `${owner} has ${quote(path)} as virtualEnv, and there is none. createVirtualEnvironment({ path }) makes one.`,
  )
}

/** Whether a text can name a package, and is no option of pip. */
export function isPackage(text: string): boolean {
  return /^[\w./\\][^\n\r\0]*$/.test(text)
}

/** How pip is called. */
export interface InstallOptions extends Pick<CreateVirtualEnvironmentOptions, 'pipOptions' | 'timeoutMs' | 'signal'> {}

/**
 * Installs packages into a virtual environment; those that are there already stay as they are.
 *
 * @throws CodeExecutorError that says what pip said; ConfigurationError for a package that pip would take for an option.
 */
export async function installPackages(
  virtualEnv: string,
  packages: readonly string[],
  { pipOptions = [], ...run }: InstallOptions = {},
): Promise<void> {
  for (const one of packages) {
    if (typeof one === 'string' && isPackage(one)) continue
    throw refused(`${quote(one)} is no package. Give names as pip knows them, such as "numpy" or "pandas>=2".`)
  }
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input']
  const args = ['-m', 'pip', 'install', ...quiet, ...pipOptions, '--', ...packages]
  await runPython(pythonOf(virtualEnv), args, { ...run, what: `pip install ${packages.join(' ')}` })
}

async function freshOrMade(path: unknown): Promise<string> {
  if (typeof path !== 'string' || path === '') {
    throw refused(`createVirtualEnvironment has ${quote(path)} as path. Give the path of a folder.`)
  }
  const names = await readdir(path).catch((): string[] => [])
  if (names.length === 0 || names.includes('pyvenv.cfg')) return resolve(path)
  throw refused(`The folder ${quote(path)} holds other things than a virtual environment. Give a folder of its own.`)
}

async function pythonToCopy(name: string | undefined): Promise<string> {
  const found: string[] = []
  for await (const { executable } of pythons(name)) found.push(executable)
  const isRoot = process.getuid?.() === 0
  for (const python of isRoot ? found : []) if (await isOpenToAll(python)) return python
  const [first] = found
  if (first !== undefined) return first
  const wanted = name === undefined ? 'no Python on the PATH' : `no Python ${quote(name)}`
  throw failed(
    `There is ${wanted} to make a virtual environment of. Install one, on Debian with: apt-get install python3-venv`,
  )
}

/** Whether all users may run a program, behind its links. */
async function isOpenToAll(program: string): Promise<boolean> {
  let path = await realpath(program)
  while ((statSync(path).mode & constants.S_IXOTH) !== 0) {
    if (path === dirname(path)) return true
    path = dirname(path)
  }
  return false
}

interface PythonCall extends InstallOptions {
  /** For people. */
  readonly what: string
}

/** The most that is kept of what Python says. */
const MOST_WORDS = 4_000

async function runPython(python: string, args: readonly string[], call: PythonCall): Promise<void> {
  const { what, timeoutMs = DEFAULT_TIMEOUT_MS, signal = new AbortController().signal } = call
  let words = ''
  const onOutput = (_stream: string, text: string): boolean => {
    words = (words + text).slice(-MOST_WORDS)
    return false
  }
  // Apart from what lies in the folder of the host, which `-m` would find first.
  const isolated = ['-I', '-X', 'utf8', ...args]
  const spec = { command: python, args: isolated, cwd: process.cwd(), env: environment() }
  const { exitCode, reason } = await runProcess(spec, { signal, timeoutMs, onOutput })
  signal.throwIfAborted()
  if (exitCode === 0) return
  const how = reason === undefined ? `failed with exit code ${exitCode}` : `took more than ${timeoutMs} ms`
  throw failed(`"${what}" ${how}: ${words.trim() || 'it said nothing.'}`)
}

/** What Python and pip need of the host's environment, and no keys beside. */
function environment(): Record<string, string> {
  const wanted =
    /^(?:PATH|HOME|USER|LANG|TMPDIR|TEMP|TMP|SystemRoot|windir|PATHEXT|ComSpec|APPDATA|LOCALAPPDATA|PIP_\w+|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|(?:https?|no|all)_proxy)$/i
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    wanted.test(name) && value !== undefined ? [[name, value] as const] : [],
  )
  return Object.fromEntries(kept)
}

function failed(message: string): CodeExecutorError {
  return new CodeExecutorError(message, { retryable: false })
}
