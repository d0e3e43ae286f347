import { resolve } from 'node:path'
import type { ExecutionLimits, Isolation } from 'conversable'
import { programsOf, pythonOf } from '../virtual-environment.ts'
import { Workplace } from '../workplace.ts'
import { PATH, Sandbox, type SandboxOptions } from './sandbox.ts'
import { selfTest } from './self-test.ts'

/** What a workplace of bubblewrap is made of. */
export interface BubblewrapPlace {
  readonly workDir?: string
  readonly python?: string
  /** The folder of a virtual environment that programs see. */
  readonly virtualEnv?: string
  /** Whether programs work on a copy of the folder in memory. */
  readonly copy: boolean
  readonly limits: ExecutionLimits
}

/** What such a place keeps apart from the host. */
export const BUBBLEWRAP_ISOLATION: Isolation = Object.freeze({
  files: true,
  network: 'none',
  secrets: true,
  processes: true,
  limits: 'polled',
  boundary: 'namespace',
})

/** Where programs see a fresh work folder: the same on every machine. */
const INSIDE = '/workspace'

/**
 * Makes a workplace whose sandbox was seen to be what it should be.
 *
 * @throws CodeExecutorError that says what is not.
 */
export function openBubblewrap(options: BubblewrapPlace): Promise<Workplace<Sandbox>> {
  const { workDir, virtualEnv, copy, limits } = options
  return Workplace.open({
    workDir,
    inside: INSIDE,
    python: options.python ?? (virtualEnv === undefined ? undefined : pythonOf(virtualEnv)),
    makeSandbox: async (place) => {
      const sandbox = await Sandbox.find({ ...place, copy, ...givenTo(options) })
      await selfTest(sandbox, limits)
      return sandbox
    },
  })
}

/** What programs see beyond the system and the work folder. */
function givenTo({ virtualEnv }: BubblewrapPlace): Pick<SandboxOptions, 'readable' | 'env'> {
  if (virtualEnv === undefined) return {}
  const path = resolve(virtualEnv)
  return { readable: [path], env: { PATH: `${programsOf(path)}:${PATH}`, VIRTUAL_ENV: path } }
}
