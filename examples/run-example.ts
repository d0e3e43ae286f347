import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What an example printed, and how it ended. */
export interface ExampleRun {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs `examples/<name>/main.ts` in a process that has no environment, and so no key, but a folder for temporary files,
 * which is deleted in the end; `input` is piped into it.
 */
export async function runExample(name: string, args: readonly string[] = [], input = ''): Promise<ExampleRun> {
  const main = join(import.meta.dirname, name, 'main.ts')
  const folder = mkdtempSync(join(tmpdir(), 'example-'))
  // Where the host is root, programs run as another user, who has to get to the folders in it.
  chmodSync(folder, 0o711)
  try {
    return await ended(['--conditions=conversable-source', main, ...args], { TMPDIR: folder }, input)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function ended(args: readonly string[], env: NodeJS.ProcessEnv, input: string): Promise<ExampleRun> {
  const child = spawn(process.execPath, args, { env })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => {}).end(input)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }))
  })
}
