import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { CodeExecutorError } from 'conversable'

/** The two engines that speak the same language. */
export type EngineName = 'docker' | 'podman'

/** The variable that users of each engine name its address in. */
const VARIABLES = Object.freeze({ docker: 'DOCKER_HOST', podman: 'CONTAINER_HOST' })

/**
 * The socket of an engine: the one that its variable names, or the first that there is where it usually lies. There need
 * be nothing at it.
 *
 * @throws CodeExecutorError for an engine of another machine, which cannot see a work folder of this one.
 */
export function engineSocket(engine: EngineName): string {
  const variable = VARIABLES[engine]
  const address = process.env[variable] ?? ''
  if (address === '') {
    const usual = usualSockets(engine)
    return usual.find((path) => existsSync(path)) ?? usual[0] ?? ''
  }
  const [, path] = /^(?:unix|npipe):\/\/(.+)$/.exec(address) ?? []
  if (path !== undefined) return path
  const message =
    `${variable} is ${JSON.stringify(address)}, and programs can only be run by an engine that sees the work folder. ` +
    'Give the socket of an engine of this machine, as in unix:///var/run/docker.sock.'
  throw new CodeExecutorError(message, { retryable: false })
}

function usualSockets(engine: EngineName): readonly string[] {
  if (process.platform === 'win32')
    return [`//./pipe/${engine === 'docker' ? 'docker_engine' : 'podman-machine-default'}`]
  if (engine === 'docker') return ['/var/run/docker.sock', join(homedir(), '.docker', 'run', 'docker.sock')]
  const own = process.env['XDG_RUNTIME_DIR']
  return [...(own === undefined ? [] : [join(own, 'podman', 'podman.sock')]), '/run/podman/podman.sock']
}
