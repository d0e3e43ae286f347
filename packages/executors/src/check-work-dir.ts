import { existsSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { refused } from './check-execution.ts'
import { quote } from './quote.ts'

/** The Python that programs are run with, as far as it was asked for. */
interface Runtime {
  readonly python?: string
  readonly virtualEnv?: string
}

const SYSTEM = /^\/(?:usr|bin|sbin|lib\w*|etc|proc|sys|dev|boot|run|var|root|home)?$|^\/(?:usr|etc|proc|sys|dev|boot)\//

/**
 * Refuses a work folder in which other things lie: it is laid open to programs as a whole. A Python in it is one that
 * programs could put theirs in place of, and the host runs it too, to see where it lies and to install packages.
 *
 * @throws ConfigurationError
 */
export function checkWorkDir(owner: string, workDir: unknown, { python, virtualEnv }: Runtime = {}): void {
  if (workDir === undefined) return
  if (typeof workDir !== 'string' || workDir === '') {
    throw refused(`${owner} has ${quote(workDir)} as workDir. Give the path of a folder.`)
  }
  const path = resolve(workDir)
  if (isIn(homedir(), path) || SYSTEM.test(path)) {
    throw refused(
      `The workDir ${quote(workDir)} is open to every program that is run. Give a folder with nothing else in it.`,
    )
  }
  const folder = real(path)
  const environment = virtualEnv === undefined ? undefined : real(virtualEnv)
  const isOpen =
    (environment !== undefined && (isIn(environment, folder) || isIn(folder, environment))) ||
    (python !== undefined && isAbsolute(python) && isIn(real(dirname(python)), folder))
  if (!isOpen) return
  throw refused(
    `Programs could change ${quote(virtualEnv ?? python)} from the workDir ${quote(workDir)}. Keep the two apart.`,
  )
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === sep ? sep : folder + sep)
}

/** A path without links, as far as it is there. */
function real(path: string): string {
  const whole = resolve(path)
  if (existsSync(whole)) return realpathSync(whole)
  return join(real(dirname(whole)), basename(whole))
}
