import { createInterface as createLineReader } from 'node:readline'
import { createInterface } from 'node:readline/promises'
import type { HumanInput, HumanQuestion } from '../ports/human-input.ts'

/** What a terminal is made of. */
export interface TerminalOptions {
  /** Default: standard input. */
  readonly input?: NodeJS.ReadableStream
  /** Default: standard output. */
  readonly output?: NodeJS.WritableStream
}

/**
 * Asks at the terminal: prints the question, reads one line. The end of the input counts as `exit`, so that a chat
 * whose person has left does not wait for ever. Lines that are piped in may come before they are asked for; they are
 * printed as if they were typed.
 */
export function terminalInput(options: TerminalOptions = {}): HumanInput {
  const { input = process.stdin, output = process.stdout } = options
  let piped: PipedLines | undefined
  return async ({ prompt, signal }) => {
    if ('isTTY' in input && input.isTTY) return askTerminal({ prompt, signal }, input, output)
    piped ??= new PipedLines(input)
    output.write(prompt)
    const answer = await piped.next(signal)
    output.write(`${answer}\n`)
    return answer
  }
}

async function askTerminal(
  { prompt, signal }: Pick<HumanQuestion, 'prompt' | 'signal'>,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<string> {
  // One for each question: while it is open, Ctrl+C belongs to it and ends nothing else.
  const terminal = createInterface({ input, output })
  try {
    const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('exit')))
    return await Promise.race([terminal.question(prompt, { signal }), closed])
  } finally {
    terminal.close()
  }
}

/** The lines of an input that is no terminal, in order; `exit` once they are used up. */
class PipedLines {
  readonly #input: NodeJS.ReadableStream & { ref?(): void; unref?(): void }
  readonly #lines: string[] = []
  readonly #waiting: ((line: string) => void)[] = []
  #ended = false

  constructor(input: NodeJS.ReadableStream) {
    this.#input = input
    const reader = createLineReader({ input, terminal: false })
    reader.on('line', (line) => {
      const take = this.#waiting.shift()
      if (take) take(line)
      else this.#lines.push(line)
    })
    reader.on('close', () => {
      this.#ended = true
      for (const take of this.#waiting.splice(0)) take('exit')
    })
  }

  async next(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted()
    const line = this.#lines.shift()
    if (line !== undefined || this.#ended) return line ?? 'exit'
    let stop = (): void => {}
    // An input that nobody waits for keeps no process alive.
    this.#input.ref?.()
    try {
      return await new Promise<string>((resolve, reject) => {
        this.#waiting.push(resolve)
        stop = () => {
          this.#waiting.splice(this.#waiting.indexOf(resolve), 1)
          reject(signal.reason)
        }
        signal.addEventListener('abort', stop, { once: true })
      })
    } finally {
      signal.removeEventListener('abort', stop)
      if (this.#waiting.length === 0) this.#input.unref?.()
    }
  }
}
