import { CodeExecutorError } from 'conversable'
import { findDeno } from './peers.ts'

/**
 * The path of Deno's binary.
 *
 * @throws CodeExecutorError that says what to install.
 */
export function denoPath(): string {
  const deno = findDeno()
  if (typeof deno === 'string') throw missing(deno)
  return deno.path
}

/** That a package is missing, as an error. */
export function missing(message: string): CodeExecutorError {
  return new CodeExecutorError(`The WASM executor cannot run this: ${message}`, { retryable: false })
}
