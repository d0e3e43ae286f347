import { basename, join } from 'node:path'
import { CodeExecutorError, type ExecutionLimits } from 'conversable'
import { OutputBuffer } from '../output-buffer.ts'
import { remove } from '../work-folder.ts'
import { Container } from './container.ts'
import type { ContainerParts } from './container-settings.ts'
import type { Engine } from './engine.ts'

/** Where programs see the packages. */
const PACKAGES = '/packages'
const TEMPORARY = `${PACKAGES}/.tmp`

const MIB = 1024 * 1024
const LIMITS: ExecutionLimits = Object.freeze({
  timeoutMs: 600_000,
  memoryBytes: 2048 * MIB,
  processes: 256,
  diskBytes: 8192 * MIB,
  fileBytes: 4096 * MIB,
  outputBytes: 4000,
})
const COMMAND = 'mkdir "$TMPDIR" && exec "$(command -v python3 || command -v python)" -m pip install "$@"'
const OPTIONS = Object.freeze(['--target', PACKAGES, '--quiet', '--no-cache-dir', '--disable-pip-version-check'])

/** What is installed, and where. */
export interface PackagesOptions {
  readonly packages: readonly string[]
  /** Where they are put, as this machine sees it. */
  readonly folder: string
  readonly signal: AbortSignal
}

/**
 * Installs packages with the image's own pip into a folder, in a container of their own, which has a network and not the
 * work folder.
 *
 * @returns The parts of a container whose programs find the packages, and cannot change them.
 * @throws CodeExecutorError with the words of pip.
 */
export async function withPackages(
  engine: Engine,
  parts: ContainerParts,
  options: PackagesOptions,
): Promise<ContainerParts> {
  const { mounts, env, network } = parts
  const mount = { source: options.folder, target: PACKAGES }
  // The container's own folder for temporary files is too small for what is fetched.
  const installing = { ...env, HOME: TEMPORARY, TMPDIR: TEMPORARY }
  // The engine's own network, where programs have none: the packages were asked for, and they come from outside.
  const reaching = network === 'none' ? 'default' : network
  await install(engine, { ...parts, network: reaching, mounts: [mount], env: installing }, options)
  const modules = env['PYTHONPATH'] === undefined ? PACKAGES : `${env['PYTHONPATH']}:${PACKAGES}`
  return {
    ...parts,
    mounts: [...mounts, { ...mount, readOnly: true }],
    env: { ...env, PATH: `${PACKAGES}/bin:${env['PATH']}`, PYTHONPATH: modules },
  }
}

async function install(engine: Engine, parts: ContainerParts, options: PackagesOptions): Promise<void> {
  const { packages, folder, signal } = options
  const container = await Container.start(engine, parts, LIMITS)
  try {
    const output = new OutputBuffer(LIMITS.outputBytes)
    const onOutput = (_stream: string, text: string): boolean => {
      output.add(text)
      return false
    }
    const disk = { folder, maxBytes: LIMITS.diskBytes }
    const command = ['/bin/sh', '-c', COMMAND, 'sh', ...OPTIONS, '--', ...packages]
    const { exitCode } = await container.run({ command }, { signal, timeoutMs: LIMITS.timeoutMs, onOutput, disk })
    if (exitCode === 0) return
    const message = `pip could not install ${packages.join(', ')} (exit code ${exitCode}): ${output.toString().trim()}`
    throw new CodeExecutorError(message, { retryable: false })
  } finally {
    await container.end()
    await remove(join(folder, basename(TEMPORARY)))
  }
}
