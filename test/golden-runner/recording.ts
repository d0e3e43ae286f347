import type { ChatEvent } from 'conversable'
import { transcriptPrinter } from 'conversable/console'
import { wireTurn } from './wire.ts'

/** What happened while a scenario was run, each part under the name that it has in `expect`. */
export interface Recording {
  readonly turns: unknown[]
  readonly requests: unknown[]
  readonly results: unknown[]
  readonly prompts: unknown[]
  readonly executions: unknown[]
  readonly codeRuns: unknown[]
  readonly replyCalls: unknown[]
  readonly selections: unknown[]
  /** What was printed, in pieces. */
  readonly console: string[]
}

/** A recording of nothing yet. */
export function newRecording(): Recording {
  return {
    turns: [],
    requests: [],
    results: [],
    prompts: [],
    executions: [],
    codeRuns: [],
    replyCalls: [],
    selections: [],
    console: [],
  }
}

/** A listener to a run that records turns and selections, and prints the transcript into the recording. */
export function recordEvents(recording: Recording): (event: ChatEvent) => void {
  const print = transcriptPrinter({ write: (text) => void recording.console.push(text), colours: false })
  return (event) => {
    print(event)
    if (event.type === 'message') {
      recording.turns.push({ from: event.path.at(-1), to: event.recipient, ...wireTurn(event.message) })
    }
    if (event.type === 'speaker-select') {
      recording.selections.push({ group: event.path.at(-1), speaker: event.speaker })
    }
  }
}
