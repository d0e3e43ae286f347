import type { ChatEvent } from '../event.ts'
import { ansi, plain } from './style.ts'
import { transcriptOf, type ShowPicture } from './transcript.ts'

/** Where a transcript is printed, and how. */
export interface PrintOptions {
  /** Takes the text piece by piece. Default: standard output; where there is none, `console.log` line by line. */
  readonly write?: (text: string) => void
  /** Default: on a terminal, unless the environment sets `NO_COLOR`. */
  readonly colours?: boolean
  /**
   * Shows pictures that programs leave, below the line that says where they are: `terminalPictures()` of
   * `conversable/node`. Default: the line alone.
   */
  readonly pictures?: ShowPicture
}

/** The part of a run that is needed to watch it. */
export interface Watchable {
  subscribe(listener: (event: ChatEvent) => void): unknown
}

/**
 * Prints a run as AutoGen's users know it, while it goes on, and gives it back:
 * `const result = await printTranscript(user.initiateChat(assistant, { message }))`.
 */
export function printTranscript<Run extends Watchable>(run: Run, options: PrintOptions = {}): Run {
  run.subscribe(transcriptPrinter(options))
  return run
}

/** A listener that prints the events which it is given. */
export function transcriptPrinter(options: PrintOptions = {}): (event: ChatEvent) => void {
  const stdout = standardOutput()
  const write = options.write ?? stdout?.write ?? lineWriter()
  const paint = (options.colours ?? stdout?.colours ?? false) ? ansi : plain
  return (event) => {
    const text = transcriptOf(event, paint, options.pictures)
    if (text !== '') write(text)
  }
}

/** The process's own output, where there is a process: reached without importing anything that browsers have not. */
function standardOutput(): { readonly write: (text: string) => void; readonly colours: boolean } | undefined {
  const { process } = globalThis as {
    readonly process?: {
      readonly stdout?: { readonly isTTY?: boolean; write(text: string): unknown }
      readonly env?: Readonly<Record<string, string | undefined>>
    }
  }
  const stdout = process?.stdout
  if (!stdout) return undefined
  return { write: (text) => void stdout.write(text), colours: Boolean(stdout.isTTY) && !process.env?.['NO_COLOR'] }
}

function lineWriter(): (text: string) => void {
  let rest = ''
  return (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) console.log(line)
  }
}
