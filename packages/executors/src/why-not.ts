import type { CodeBlock, CodeExecutor } from 'conversable'

/** Why an executor cannot run a block that ends well everywhere, found out by running it; nothing if it can. */
export async function whyNot(executor: CodeExecutor, block: CodeBlock): Promise<string | undefined> {
  try {
    const { exitCode, output } = await executor.execute([block])
    return exitCode === 0 ? undefined : `a ${block.language} program in it ended with exit code ${exitCode}: ${output}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
