import type { ExecutionEnd } from 'conversable'

/** What the two processes say to each other: one JSON array a line. Files go in pieces, an empty first one included. */
export type Frame =
  | readonly ['file', name: string, piece: string]
  | readonly ['run', program: ProgramText]
  | readonly ['stdout' | 'stderr', text: string]
  | readonly ['end', exitCode: number, reason: ExecutionEnd | null]

/** A program, and the limits that its own process keeps. */
export interface ProgramText {
  /** As it is named in error messages. */
  readonly filename: string
  readonly code: string
  readonly memoryBytes: number
  readonly diskBytes: number
  readonly fileBytes: number
  /** The names of the files that earlier programs wrote: they count towards the limits. */
  readonly written: readonly string[]
  /** When the process ends by itself, should nobody be left to end it; milliseconds of `Date.now()`. */
  readonly deadline: number
}

/** How long a piece of text is at the most, in UTF-16 units. */
export const PIECE: number = 64 * 1024

/** The longest line that is read: a piece in which every unit is escaped, and room for the rest. */
const LONGEST_LINE: number = 8 * PIECE

/** A frame as its line. */
export function lineOf(frame: Frame): string {
  return `${JSON.stringify(frame)}\n`
}

/** A file as frames. */
export function* framesOf(name: string, text: string): Generator<Frame> {
  for (let from = 0; from === 0 || from < text.length; from += PIECE) {
    yield ['file', name, text.slice(from, from + PIECE)]
  }
}

/** The frames of a stream of text, as many at a time as came at a time. */
export async function* framesIn(
  stream: AsyncIterable<string>,
  longest: number = LONGEST_LINE,
): AsyncGenerator<Frame[]> {
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > longest) throw new Error(`A line of more than ${longest} characters came from the process.`)
    yield lines.map(readFrame)
  }
}

function readFrame(line: string): Frame {
  const frame: unknown = JSON.parse(line)
  if (!isFrame(frame)) throw new Error(`The process said ${line.slice(0, 80)}, which is no frame.`)
  return frame
}

function isFrame(value: unknown): value is Frame {
  if (!Array.isArray(value)) return false
  const [type, first, second] = value as readonly unknown[]
  switch (type) {
    case 'file':
      return typeof first === 'string' && typeof second === 'string'
    case 'run':
      return typeof first === 'object' && first !== null
    case 'stdout':
    case 'stderr':
      return typeof first === 'string'
    case 'end':
      return typeof first === 'number' && (second === null || typeof second === 'string')
    default:
      return false
  }
}
