import { BubblewrapExecutor, UnsafeLocalExecutor } from '@conversable/executors'
import type { CodeExecutor } from 'conversable'

/** What runs the code that is to be run for real: `unsafe-local` as AutoGen does, `bubblewrap` shut in. */
export type RealExecutor = 'unsafe-local' | 'bubblewrap'

/** An executor in an empty folder of its own. */
export function openExecutor(kind: RealExecutor, timeoutSeconds: number): CodeExecutor {
  const limits = { timeoutMs: timeoutSeconds * 1000 }
  // That nothing protects the machine is known: the programs are those of the scenarios.
  return kind === 'bubblewrap'
    ? new BubblewrapExecutor({ limits })
    : new UnsafeLocalExecutor({ limits, warn: () => {} })
}

/** Why there is no such language on this machine, found out by running a program; `undefined` if there is. */
export async function whyMissing(language: 'sh' | 'python', kind: RealExecutor): Promise<string | undefined> {
  try {
    await using executor = openExecutor(kind, 30)
    const { exitCode, output } = await executor.execute([{ language, code: '' }])
    return exitCode === 0 ? undefined : `no ${language} in ${kind}: ${output.trim()}`
  } catch (error) {
    return `no ${kind}: ${error instanceof Error ? error.message : String(error)}`
  }
}
