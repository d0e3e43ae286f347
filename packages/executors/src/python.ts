import { execFile } from 'node:child_process'
import { homedir } from 'node:os'
import { sep } from 'node:path'
import { promisify } from 'node:util'
import { findPrograms } from './find-program.ts'

/** A Python of this machine. */
export interface Python {
  /** The interpreter itself, behind all links and shims. */
  readonly executable: string
  /** The folders that it and its packages lie in. */
  readonly folders: readonly string[]
}

const QUESTION = 'import sys, json; print(json.dumps([sys.executable, sys.prefix, sys.base_prefix, sys.exec_prefix]))'

/** The Pythons of this machine, best first, each asked where it lies; `name` is a path or a name on the PATH. */
export async function* pythons(name?: string): AsyncGenerator<Python> {
  const candidates = name === undefined ? [...findPrograms('python3'), ...findPrograms('python')] : findPrograms(name)
  for (const candidate of new Set(candidates)) {
    const python = await whereabouts(candidate).catch(() => undefined)
    if (python) yield python
  }
}

async function whereabouts(program: string): Promise<Python> {
  const { stdout } = await promisify(execFile)(program, ['-I', '-c', QUESTION], { timeout: 10_000 })
  // Just written by the question above.
  const [executable = '', ...folders] = JSON.parse(stdout) as string[]
  return { executable, folders: [...new Set(folders)].filter(isOfItsOwn) }
}

/** Whether a folder is that of an interpreter, and not one that holds everything else too. */
function isOfItsOwn(folder: string): boolean {
  return folder !== '' && folder !== '/usr' && !`${homedir()}${sep}`.startsWith(folder === sep ? sep : folder + sep)
}
