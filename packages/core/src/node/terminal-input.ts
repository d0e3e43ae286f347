import { createInterface } from 'node:readline/promises'
import type { HumanInput } from '../ports/human-input.ts'

/** What a terminal is made of. */
export interface TerminalOptions {
  /** Default: standard input. */
  readonly input?: NodeJS.ReadableStream
  /** Default: standard output. */
  readonly output?: NodeJS.WritableStream
}

/**
 * Asks at the terminal: prints the question, reads one line. The end of the input counts as `exit`, so that a chat
 * whose person has left does not wait for ever.
 */
export function terminalInput(options: TerminalOptions = {}): HumanInput {
  const { input = process.stdin, output = process.stdout } = options
  return async ({ prompt, signal }) => {
    const terminal = createInterface({ input, output })
    try {
      const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('exit')))
      return await Promise.race([terminal.question(prompt, { signal }), closed])
    } finally {
      terminal.close()
    }
  }
}
