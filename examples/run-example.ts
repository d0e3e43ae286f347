import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** What an example printed, and how it ended. */
export interface ExampleRun {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `examples/<name>/main.ts` in a process that has no environment, and so no key; `input` is piped into it. */
export function runExample(name: string, args: readonly string[] = [], input = ''): Promise<ExampleRun> {
  const main = join(import.meta.dirname, name, 'main.ts')
  const child = spawn(process.execPath, ['--conditions=conversable-source', main, ...args], { env: {} })
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
