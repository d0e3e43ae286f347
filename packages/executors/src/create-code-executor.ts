import { CodeExecutorError, ConfigurationError, type CodeExecutor, type ExecutionLimits } from 'conversable'
import { checkOptions } from './check-execution.ts'
import { FUNCTION_OPTIONS, type FunctionOptions } from './functions/python-function.ts'
import { quote } from './quote.ts'
import { LADDER, RUNGS, type Rung, type RungName } from './rungs.ts'

/** Which executor: one by name, the best that works here, or one that there is already. */
export type ExecutorChoice = 'auto' | RungName | CodeExecutor

/** What the executor is to be like. */
export interface CreateCodeExecutorOptions extends FunctionOptions {
  /** A folder that programs work in and that is kept. Default: a fresh one. */
  readonly workDir?: string
  /** Bounds on every run. */
  readonly limits?: Partial<ExecutionLimits>
  /** `none`, `open`, or the hosts that programs may reach, which some executors can bound. Default `none`. */
  readonly network?: 'none' | 'open' | readonly string[]
  /** A Python, by name or path, for executors that run one of the machine. */
  readonly python?: string
  /** The folder of a virtual environment, for executors that can have its packages; see `createVirtualEnvironment`. */
  readonly virtualEnv?: string
  /** What containers are made of. Default `python:3-slim`. */
  readonly image?: string
  /** The path of the socket of a container engine. Default: where it usually is; see `DockerExecutorOptions`. */
  readonly socket?: string
  /** Told in one line what was chosen, and why. Default: `console.error`. */
  readonly log?: (line: string) => void
}

const OPTIONS = Object.freeze([
  'workDir',
  'limits',
  'network',
  'python',
  'virtualEnv',
  'image',
  'socket',
  'log',
  ...FUNCTION_OPTIONS,
])

/**
 * Finds an executor that protects the machine and works here, each tried by running something in it: bubblewrap, then
 * sandbox-runtime, then engines in WebAssembly. The host itself is never chosen, and neither is a container engine.
 * An executor that is named is tried too, and nothing takes its place.
 *
 * @throws CodeExecutorError that says why each does not work, and which commands would help; ConfigurationError for a
 *   choice that there is not.
 */
export async function createCodeExecutor(
  choice: ExecutorChoice = 'auto',
  options: CreateCodeExecutorOptions = {},
): Promise<CodeExecutor> {
  checkOptions('createCodeExecutor', options, OPTIONS)
  if (typeof choice === 'object' && typeof choice?.execute === 'function') return choice
  if (typeof choice !== 'string' || (choice !== 'auto' && !Object.hasOwn(RUNGS, choice))) {
    const names = ['auto', ...Object.keys(RUNGS)].join(', ')
    throw new ConfigurationError('invalid-option', `There is no code executor ${quote(choice)}. There are ${names}.`)
  }
  return choice === 'auto' ? firstThatWorks(options) : named(choice, options)
}

async function named(name: RungName, options: CreateCodeExecutorOptions): Promise<CodeExecutor> {
  const tried = await tryRung(RUNGS[name], options)
  if (typeof tried === 'string') throw failed(`The code executor "${name}" does not work here: ${tried}`)
  tell(options, `Code runs with ${name}, as was asked for: ${RUNGS[name].protects}.`)
  return tried
}

async function firstThatWorks(options: CreateCodeExecutorOptions): Promise<CodeExecutor> {
  const reasons: string[] = []
  for (const name of LADDER) {
    const tried = await tryRung(RUNGS[name], options)
    if (typeof tried === 'string') {
      reasons.push(`${name}: ${tried}`)
      continue
    }
    const because = reasons.length === 0 ? 'it is the best there is' : `the best that works here (${reasons.join(' ')})`
    tell(options, `Code runs with ${name}, ${because}: ${RUNGS[name].protects}.`)
    return tried
  }
  throw failed(`No code executor works here, and code is not run without one.\n${list(reasons)}\n${HELP}`)
}

async function tryRung(rung: Rung, options: CreateCodeExecutorOptions): Promise<CodeExecutor | string> {
  const { network = 'none', virtualEnv, functions = [] } = options
  if (network !== 'none' && !rung.hasNetwork) return 'It has no network, and one is asked for.'
  if (functions.length > 0 && !rung.hasFunctions) return 'It runs no Python functions, and some are given.'
  const wantsPackages = virtualEnv !== undefined || functions.some(({ packages = [] }) => packages.length > 0)
  if (wantsPackages && !rung.hasPackages) return 'It has no packages of pip, and some are asked for.'
  if (virtualEnv !== undefined && !rung.hasVirtualEnv) return 'It takes no virtualEnv, and one is given.'
  try {
    return await rung.open(options)
  } catch (error) {
    if (error instanceof ConfigurationError) throw error
    return error instanceof Error ? error.message : String(error)
  }
}

const HELP = `Any of these helps:
  apt-get install bubblewrap                            on Linux, as an administrator
  npm install @anthropic-ai/sandbox-runtime@0.0.83      on macOS; on Linux, with socat and ripgrep, for a network
  npm install deno pyodide just-bash                    everywhere, in your project
  createCodeExecutor('docker')                          where Docker runs, with npm install dockerode`

function list(reasons: readonly string[]): string {
  return reasons.map((reason) => `  ${reason}`).join('\n')
}

function tell({ log = console.error }: CreateCodeExecutorOptions, line: string): void {
  log(line.replaceAll(/\s+/g, ' '))
}

function failed(message: string): CodeExecutorError {
  return new CodeExecutorError(message, { retryable: false })
}
