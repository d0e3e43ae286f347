import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What an example printed, and how it ended. */
export interface ExampleRun {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What an example finds in its environment: keys and secrets that none of them is to use, show or send. */
const CANARIES: Readonly<Record<string, string>> = Object.freeze({
  OPENAI_API_KEY: 'sk-canary-of-openai-0123456789',
  ANTHROPIC_API_KEY: 'canary-of-anthropic',
  AWS_SECRET_ACCESS_KEY: 'canary-of-amazon',
  DATABASE_URL: 'postgres://user:canary-of-the-database@localhost/db',
})

const blockedNetwork = pathToFileURL(join(import.meta.dirname, '..', 'test', 'blocked-network.ts')).href

/**
 * Runs `examples/<name>/main.ts` in a process whose network is blocked and whose environment has nothing but canaries and
 * a folder for temporary files, which is deleted in the end; `input` is piped into it.
 */
export async function runExample(name: string, args: readonly string[] = [], input = ''): Promise<ExampleRun> {
  const main = join(import.meta.dirname, name, 'main.ts')
  const folder = mkdtempSync(join(tmpdir(), 'example-'))
  // Where the host is root, programs run as another user, who has to get to the folders in it.
  chmodSync(folder, 0o711)
  try {
    const options = ['--conditions=conversable-source', '--import', blockedNetwork]
    return await ended([...options, main, ...args], { ...CANARIES, TMPDIR: folder }, input)
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
