import { CodeExecutorError, type CodeExecutor, type ExecutionLimits } from 'conversable'
import { BubblewrapExecutor } from './bubblewrap-executor.ts'
import { DockerExecutor } from './docker-executor.ts'
import type { FunctionOptions } from './functions/python-function.ts'
import { JupyterExecutor } from './jupyter-executor.ts'
import { QuickJsExecutor } from './quickjs-executor.ts'
import { SandboxRuntimeExecutor } from './sandbox-runtime-executor.ts'
import { UnsafeLocalExecutor } from './unsafe-local-executor.ts'
import { WasmExecutor } from './wasm-executor.ts'

/** What an executor is opened with, as far as it knows it. */
export interface RungOptions extends FunctionOptions {
  readonly workDir?: string
  readonly limits?: Partial<ExecutionLimits>
  readonly network?: 'none' | 'open' | readonly string[]
  readonly python?: string
  readonly virtualEnv?: string
  readonly image?: string
  readonly socket?: string
}

/** A class of executors, as the ladder sees it. */
interface ExecutorClass<Options> {
  new (options: Options): CodeExecutor
  /** Why it cannot run here, found out by running it; nothing if it can. */
  probe(options: Options): Promise<string | undefined>
}

/** One executor of those that can be chosen. */
export interface Rung {
  /** What it protects, in a few words. */
  readonly protects: string
  /** Whether it can let programs reach some hosts. */
  readonly hasNetwork: boolean
  /** Whether programs can be given functions in Python. Default false. */
  readonly hasFunctions?: boolean
  /** Whether these can need packages of pip. Default false. */
  readonly hasPackages?: boolean
  /** Whether programs can have a virtual environment. Default false. */
  readonly hasVirtualEnv?: boolean
  /**
   * Gives one that was seen to work.
   *
   * @throws CodeExecutorError that says why there is none.
   */
  open(options: RungOptions): Promise<CodeExecutor>
}

/** The names of the executors. */
export type RungName =
  | 'bubblewrap'
  | 'sandbox-runtime'
  | 'wasm'
  | 'jupyter'
  | 'quickjs'
  | 'docker'
  | 'podman'
  | 'unsafe-local'

const COMMON = Object.freeze(['workDir', 'limits', 'functions', 'functionsModule'] as const)

/** All executors, by name. */
export const RUNGS: Readonly<Record<RungName, Rung>> = Object.freeze({
  bubblewrap: {
    protects: 'no network, no files but a work folder',
    hasNetwork: false,
    hasFunctions: true,
    hasPackages: true,
    hasVirtualEnv: true,
    open: (options: RungOptions) => probed(BubblewrapExecutor, pick(options, [...COMMON, 'python', 'virtualEnv'])),
  },
  'sandbox-runtime': {
    protects: 'no files but a work folder, no network but what is allowed',
    hasNetwork: true,
    hasFunctions: true,
    hasPackages: true,
    open: async (options: RungOptions) => {
      const { network } = options
      if (network === 'open')
        throw noSuch('It lets programs reach the hosts that are named, and an open network is asked for.')
      return probed(SandboxRuntimeExecutor, {
        ...pick(options, [...COMMON, 'python']),
        ...(network !== undefined && { network }),
      })
    },
  },
  wasm: {
    protects: 'no network, no files but a work folder, no packages but the standard library',
    hasNetwork: false,
    hasFunctions: true,
    open: (options: RungOptions) => probed(WasmExecutor, pick(options, COMMON)),
  },
  jupyter: {
    protects: 'no network, no files but a work folder; variables of Python are kept',
    hasNetwork: false,
    hasFunctions: true,
    hasPackages: true,
    open: (options: RungOptions) => probed(JupyterExecutor, pick(options, [...COMMON, 'python'])),
  },
  quickjs: {
    protects: 'JavaScript alone, with neither files nor network',
    hasNetwork: false,
    open: async (options: RungOptions) => new QuickJsExecutor(pick(options, ['limits'])),
  },
  docker: containers('docker'),
  podman: containers('podman'),
  'unsafe-local': {
    protects: 'NOTHING, programs can do what you can do',
    hasNetwork: true,
    hasFunctions: true,
    hasPackages: true,
    hasVirtualEnv: true,
    open: (options: RungOptions) => probed(UnsafeLocalExecutor, pick(options, [...COMMON, 'python', 'virtualEnv'])),
  },
})

/** Those that are tried without being named, best first. */
export const LADDER: readonly RungName[] = Object.freeze(['bubblewrap', 'sandbox-runtime', 'wasm'])

function containers(engine: 'docker' | 'podman'): Rung {
  return {
    protects: 'no files but a work folder, no network unless asked for',
    hasNetwork: true,
    hasFunctions: true,
    hasPackages: true,
    open: async (options: RungOptions) => {
      const { network = 'none' } = options
      if (typeof network !== 'string')
        throw noSuch('Its network is open or not there at all, and one that is bounded to some hosts is asked for.')
      return probed(DockerExecutor, {
        ...pick(options, [...COMMON, 'image', 'socket']),
        engine,
        ...(network === 'open' && { network: 'default' }),
      })
    },
  }
}

function noSuch(message: string): CodeExecutorError {
  return new CodeExecutorError(message, { retryable: false })
}

async function probed<Options>(executor: ExecutorClass<Options>, options: Options): Promise<CodeExecutor> {
  const problem = await executor.probe(options)
  if (problem !== undefined) throw noSuch(problem)
  return new executor(options)
}

function pick<Name extends keyof RungOptions>(options: RungOptions, names: readonly Name[]): Pick<RungOptions, Name> {
  const given = Object.entries(options).filter(([name, value]) => names.includes(name as Name) && value !== undefined)
  // Only what was given, of those names.
  return Object.fromEntries(given) as Pick<RungOptions, Name>
}
