import type { ExecutionLimits } from 'conversable'
import { checkOptions, refused } from '../check-execution.ts'
import { checkWorkDir } from '../check-work-dir.ts'
import { GivenFunctions } from '../functions/given-functions.ts'
import { FUNCTION_OPTIONS, type FunctionOptions } from '../functions/python-function.ts'
import { LANGUAGES, type Language } from '../languages.ts'
import { DEFAULT_LIMITS, limitsOver, PROCESS_RANGES } from '../limits.ts'
import { quote } from '../quote.ts'
import type { PlaceOptions } from './docker-place.ts'

/** What a `DockerExecutor` is made of. */
export interface DockerExecutorOptions extends FunctionOptions {
  /** Which engine is looked for. Default `docker`. */
  readonly engine?: 'docker' | 'podman'
  /**
   * The path of the engine's socket. Default: that of `DOCKER_HOST`, or `CONTAINER_HOST` for Podman, or where the engine
   * puts it.
   */
  readonly socket?: string
  /** What programs find when they look around: a Linux with a shell, and with what runs their languages. Default `python:3-slim`. */
  readonly image?: string
  /** Whether an image that the engine does not have is fetched. Default false: it is an error. */
  readonly pull?: boolean
  /** The network of programs: the name of one that the engine has, such as `bridge`. Default `none`. */
  readonly network?: string
  /**
   * Python packages, as `pip install` takes them by name, installed once, before the first run, over the engine's default
   * network, or `network` if there is one; those that `functions` need are too. Programs cannot change them. Default: none.
   */
  readonly packages?: readonly string[]
  /**
   * Whom programs run as, by number: `1000` or `1000:1000`. Default: as the host; where that is root, a user that nobody
   * else is; in an engine without rights its root, which is the user that the engine runs as.
   */
  readonly user?: string
  /** How many processors programs may use. Default 1. */
  readonly cpus?: number
  /** A folder that programs work in, as `/workspace`, and that is kept. Default: a fresh one, which is deleted on disposal. */
  readonly workDir?: string
  /** The `workDir` as the engine sees it, where this process runs in a container itself. Default: as this process sees it. */
  readonly bindDir?: string
  /** What the names of containers begin with. Default `autogen-code-exec-`. */
  readonly namePrefix?: string
  /** Which languages are run (`true`) and which are only saved (`false`), by name. Default: all are run but HTML and CSS. */
  readonly executionPolicies?: Readonly<Record<string, boolean>>
  /** Bounds on every run that has no bounds of its own. */
  readonly limits?: Partial<ExecutionLimits>
}

const OPTIONS: readonly string[] = Object.freeze([
  'engine',
  'socket',
  'image',
  'pull',
  'network',
  'packages',
  'user',
  'cpus',
  'workDir',
  'bindDir',
  'namePrefix',
  'executionPolicies',
  'limits',
  ...FUNCTION_OPTIONS,
])

/** What a text among the options has to look like, and what to say of one that does not. */
const TEXTS = Object.freeze([
  ['socket', /./, `the path of a socket, as in '/var/run/docker.sock'`],
  ['image', /^[\w][\w./:@-]*$/, `the name of an image, as in 'python:3-slim'`],
  ['network', /^[\w][\w.:-]*$/, `'none' or the name of a network, as in 'bridge'`],
  ['user', /^\d+(?::\d+)?$/, `the numbers of a user and a group, as in '1000:1000'`],
  ['bindDir', /./, 'the path of the workDir as the engine sees it'],
  ['namePrefix', /^[A-Za-z0-9][\w.-]*$/, `letters, digits and -_. as in 'my-code-'`],
] as const)

/** What pip takes by name, with extras and versions. */
const PACKAGE = /^[A-Za-z0-9][\w.-]*(?:\[[\w.,-]+\])?(?:(?:==|>=|<=|~=|!=|<|>)[\w.*+!]+,?)*$/

/**
 * The options with their defaults.
 *
 * @throws ConfigurationError for options that cannot work.
 */
export function dockerSettings(options: DockerExecutorOptions): Omit<PlaceOptions, 'signal'> {
  checkOptions('DockerExecutor', options, OPTIONS)
  checkTexts(options)
  const functions = GivenFunctions.from({ name: 'DockerExecutor', packages: true }, options)
  const packages = packagesOf(options, functions)
  const { engine = 'docker', image = 'python:3-slim', pull = false, network = 'none', cpus = 1 } = options
  const { namePrefix = 'autogen-code-exec-', socket, user, workDir, bindDir } = options
  if (engine !== 'docker' && engine !== 'podman') {
    throw refused(`DockerExecutor has ${quote(engine)} as engine. It is 'docker' or 'podman'.`)
  }
  if (typeof pull !== 'boolean') throw refused(`DockerExecutor has ${quote(pull)} as pull. Give true or false.`)
  if (typeof cpus !== 'number' || !(cpus >= 0.01)) {
    throw refused(`DockerExecutor has ${quote(cpus)} as cpus. Give a number such as 1 or 0.5.`)
  }
  checkWorkDir('DockerExecutor', workDir)
  if (bindDir !== undefined && workDir === undefined) {
    throw refused(`DockerExecutor has a bindDir, ${quote(bindDir)}, and no workDir. Give the folder by both names.`)
  }
  const runs = policyOf(options.executionPolicies)
  const limits = limitsOver(DEFAULT_LIMITS, options.limits, PROCESS_RANGES)
  const place = { workDir, bindDir, packages, functions, runs, limits }
  return { engine, socket, image, pull, network, user, cpus, namePrefix, ...place }
}

function checkTexts(options: DockerExecutorOptions): void {
  for (const [name, pattern, wanted] of TEXTS) {
    const value: unknown = options[name]
    if (value === undefined || (typeof value === 'string' && pattern.test(value))) continue
    throw refused(`DockerExecutor has ${quote(value)} as ${name}. Give ${wanted}.`)
  }
}

/** The packages of the executor and of its functions, each once. */
function packagesOf(
  { packages = [], bindDir }: DockerExecutorOptions,
  functions: GivenFunctions | undefined,
): readonly string[] {
  const given: unknown = packages
  const all = Array.isArray(given) ? [...new Set([...packages, ...(functions?.packages ?? [])])] : []
  const isWrong = (name: unknown): boolean => typeof name !== 'string' || !PACKAGE.test(name)
  const wrong = Array.isArray(given) ? all.find(isWrong) : given
  if (wrong !== undefined) {
    throw refused(`DockerExecutor has ${quote(wrong)} among its packages. Give names as in ['numpy', 'pandas==3.0.1'].`)
  }
  if (all.length > 0 && bindDir !== undefined) {
    throw refused('DockerExecutor cannot install packages where it has a bindDir. Give an image that has them.')
  }
  return all
}

function policyOf(policies: unknown = {}): (language: Language) => boolean {
  if (typeof policies !== 'object' || policies === null) {
    throw refused(
      `DockerExecutor has ${quote(policies)} as executionPolicies. Give an object as in { javascript: false }.`,
    )
  }
  for (const [name, runs] of Object.entries(policies)) {
    const language = LANGUAGES.find((known) => known.name === name)
    if (language && (runs === false || (runs === true && language.runs))) continue
    const names = LANGUAGES.filter((known) => known.runs).map((known) => known.name)
    throw refused(
      `DockerExecutor has ${quote(runs)} for ${quote(name)} among its executionPolicies. Give true or false for ${names.join(', ')}.`,
    )
  }
  const known = new Map<string, boolean>(Object.entries(policies))
  return ({ name, runs }) => known.get(name) ?? runs
}
