import { CodeExecutorError } from 'conversable'

/**
 * Loads a package that only some executors need, when it is needed.
 *
 * @param reason - What it is needed for.
 * @throws CodeExecutorError that says how to install it.
 */
export async function loadPeer<Module>(name: string, reason: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    const message = `${reason} needs the package ${name}, which cannot be loaded: ${problem}. Run: npm install ${name}`
    throw new CodeExecutorError(message, { retryable: false, cause: error })
  }
}
