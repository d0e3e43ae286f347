import { CodeExecutorError, type ExecutionLimits } from 'conversable'
import type { CommandSandbox } from '../command-sandbox.ts'

/** What a shell in the sandbox is asked, one answer a line. Everything but the limits is a builtin. */
const QUESTIONS = Object.freeze([
  'ulimit -n',
  'ulimit -f',
  'ulimit -v',
  'ulimit -c',
  // The host's own files and settings.
  '[ -e /etc/shadow ] && echo seen || echo hidden',
  '[ -w /proc/sys/kernel/core_pattern ] && echo open || echo closed',
  // The lines of the network's devices: two of headings, and the loopback.
  'n=0; while read -r line; do n=$((n + 1)); done < /proc/net/dev; echo $n',
])

/**
 * Looks from the inside whether a sandbox is what it should be.
 *
 * @throws CodeExecutorError that says what is not.
 */
export async function selfTest(sandbox: CommandSandbox, limits: ExecutionLimits): Promise<void> {
  let output = ''
  const onOutput = (_stream: string, text: string): boolean => {
    output += text
    return false
  }
  const command = ['/bin/sh', '-c', QUESTIONS.join('; ')]
  const watch = { signal: AbortSignal.timeout(20_000), timeoutMs: 10_000, onOutput }
  const { exitCode, reason } = await sandbox.run({ command, limits, addressRoomBytes: 0 }, watch)
  const expected = [
    '512',
    String(Math.ceil(limits.fileBytes / 512)),
    String(Math.ceil(limits.memoryBytes / 1024)),
    '0',
    'hidden',
    'closed',
    '3',
  ]
  const seen = output.trim().split('\n')
  const wrong = QUESTIONS.findIndex((_question, index) => seen[index] !== expected[index])
  if (exitCode === 0 && wrong === -1) return
  const problem =
    wrong === -1
      ? `it ended with exit code ${exitCode}${reason === undefined ? '' : ` (${reason})`}`
      : `${JSON.stringify(QUESTIONS[wrong])} gave ${JSON.stringify(seen[wrong] ?? '')} instead of ${JSON.stringify(expected[wrong])}`
  throw new CodeExecutorError(`The sandbox is not what it should be: ${problem}.`, { retryable: false })
}
