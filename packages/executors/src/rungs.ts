import { CodeExecutorError, type CodeExecutor, type ExecutionLimits } from 'conversable'
import { BubblewrapExecutor } from './bubblewrap-executor.ts'
import { DockerExecutor } from './docker-executor.ts'
import { QuickJsExecutor } from './quickjs-executor.ts'
import { UnsafeLocalExecutor } from './unsafe-local-executor.ts'
import { WasmExecutor } from './wasm-executor.ts'

/** What an executor is opened with, as far as it knows it. */
export interface RungOptions {
  readonly workDir?: string
  readonly limits?: Partial<ExecutionLimits>
  readonly network?: 'none' | 'open' | readonly string[]
  readonly python?: string
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
  /**
   * Gives one that was seen to work.
   *
   * @throws CodeExecutorError that says why there is none.
   */
  open(options: RungOptions): Promise<CodeExecutor>
}

/** The names of the executors. */
export type RungName = 'bubblewrap' | 'wasm' | 'quickjs' | 'docker' | 'podman' | 'unsafe-local'

/** All executors, by name. */
export const RUNGS: Readonly<Record<RungName, Rung>> = Object.freeze({
  bubblewrap: {
    protects: 'no network, no files but a work folder',
    hasNetwork: false,
    open: (options: RungOptions) => probed(BubblewrapExecutor, pick(options, ['workDir', 'limits', 'python'])),
  },
  wasm: {
    protects: 'no network, no files but a work folder, no packages but the standard library',
    hasNetwork: false,
    open: (options: RungOptions) => probed(WasmExecutor, pick(options, ['workDir', 'limits'])),
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
    open: (options: RungOptions) => probed(UnsafeLocalExecutor, pick(options, ['workDir', 'limits', 'python'])),
  },
})

/** Those that are tried without being named, best first. */
export const LADDER: readonly RungName[] = Object.freeze(['bubblewrap', 'wasm'])

function containers(engine: 'docker' | 'podman'): Rung {
  return {
    protects: 'no files but a work folder, no network unless asked for',
    hasNetwork: true,
    open: async (options: RungOptions) => {
      const { network = 'none' } = options
      if (typeof network !== 'string') {
        const message = 'Its network is open or not there at all, and one that is bounded to some hosts is asked for.'
        throw new CodeExecutorError(message, { retryable: false })
      }
      return probed(DockerExecutor, {
        ...pick(options, ['workDir', 'limits', 'image', 'socket']),
        engine,
        ...(network === 'open' && { network: 'default' }),
      })
    },
  }
}

async function probed<Options>(executor: ExecutorClass<Options>, options: Options): Promise<CodeExecutor> {
  const problem = await executor.probe(options)
  if (problem !== undefined) throw new CodeExecutorError(problem, { retryable: false })
  return new executor(options)
}

function pick<Name extends keyof RungOptions>(options: RungOptions, names: readonly Name[]): Pick<RungOptions, Name> {
  const given = Object.entries(options).filter(([name, value]) => names.includes(name as Name) && value !== undefined)
  // Only what was given, of those names.
  return Object.fromEntries(given) as Pick<RungOptions, Name>
}
