import { homedir } from 'node:os'
import { resolve, sep } from 'node:path'
import { refused } from './check-execution.ts'
import { quote } from './quote.ts'

const SYSTEM = /^\/(?:usr|bin|sbin|lib\w*|etc|proc|sys|dev|boot|run|var|root|home)?$|^\/(?:usr|etc|proc|sys|dev|boot)\//

/**
 * Refuses a folder in which other things lie: a work folder is laid open to programs as a whole.
 *
 * @throws ConfigurationError
 */
export function checkWorkDir(owner: string, workDir: unknown): void {
  if (workDir === undefined) return
  if (typeof workDir !== 'string' || workDir === '') {
    throw refused(`${owner} has ${quote(workDir)} as workDir. Give the path of a folder.`)
  }
  const path = resolve(workDir)
  const isTooMuch = `${homedir()}${sep}`.startsWith(path === sep ? sep : path + sep) || SYSTEM.test(path)
  if (isTooMuch) {
    throw refused(
      `The workDir ${quote(workDir)} is open to every program that is run. Give a folder with nothing else in it.`,
    )
  }
}
