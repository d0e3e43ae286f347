/** A file of a program, or a piece of one: an empty first piece is an empty file. */
export type FileFrame = readonly ['file', name: string, base64: string, isFirst: boolean]

/** What a process in Deno says. Whatever else it prints counts as printed by the program. */
export type ChildFrame =
  | readonly ['stdout' | 'stderr', text: string]
  | FileFrame
  | readonly ['removed', name: string]
  /** From here on the program can have changed the process itself: no other program is to run there. */
  | readonly ['touched', by: string]
  | readonly ['end', exitCode: number, reason: 'memory' | null]
  /** The process waits for a program. */
  | readonly ['ready']

/** What a process is told. */
export type HostFrame = FileFrame | readonly ['run', job: Job]

/** A program to run, once its files are there. */
export interface Job {
  /** The file that it is in. */
  readonly filename: string
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string
  readonly memoryBytes: number
  readonly diskBytes: number
  readonly fileBytes: number
}

/** Stands in front of a frame, and hardly ever in what programs print. */
const MARK = '\u001e'
const PIECE = 48 * 1024
/** What no frame is longer than: a piece of output in which every character is escaped. */
const LONGEST = 1024 * 1024

/** A frame as its line. */
export function lineOf(frame: ChildFrame | HostFrame): string {
  return `${MARK}${JSON.stringify(frame)}\n`
}

/** A file as frames. */
export function* framesOf(name: string, bytes: Uint8Array): Generator<FileFrame> {
  for (let from = 0; from === 0 || from < bytes.length; from += PIECE) {
    yield ['file', name, toBase64(bytes.subarray(from, from + PIECE)), from === 0]
  }
}

/** Text of any length as frames of output. */
export function* outputFrames(stream: 'stdout' | 'stderr', text: string): Generator<ChildFrame> {
  for (let from = 0; from < text.length; from += PIECE) yield [stream, text.slice(from, from + PIECE)]
}

/** Puts files together from their frames. */
export function addPiece(files: Map<string, Uint8Array[]>, [, name, base64, isFirst]: FileFrame): void {
  const pieces = isFirst ? [] : (files.get(name) ?? [])
  pieces.push(fromBase64(base64))
  files.set(name, pieces)
}

/** Finds the frames in a stream of text, and passes on what stands between them as printed. */
export class FrameReader {
  readonly #onFrame: (frame: ChildFrame) => void
  #rest = ''

  constructor(onFrame: (frame: ChildFrame) => void) {
    this.#onFrame = onFrame
  }

  /** Takes the next piece of the stream. */
  push(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#onFrame(frameIn(line) ?? ['stdout', `${line}\n`])
    if (this.#rest.length > LONGEST) this.end()
  }

  /** Passes on what is left. */
  end(): void {
    if (this.#rest !== '') this.#onFrame(['stdout', this.#rest])
    this.#rest = ''
  }
}

function frameIn(line: string): ChildFrame | undefined {
  if (!line.startsWith(MARK)) return undefined
  try {
    const frame: unknown = JSON.parse(line.slice(1))
    return isChildFrame(frame) ? frame : undefined
  } catch {
    return undefined
  }
}

function isChildFrame(value: unknown): value is ChildFrame {
  if (!Array.isArray(value)) return false
  const [type, first, second, third] = value as readonly unknown[]
  if (type === 'ready') return true
  if (type === 'end') return Number.isInteger(first) && (second === null || second === 'memory')
  if (type === 'file') return typeof first === 'string' && typeof second === 'string' && typeof third === 'boolean'
  return ['stdout', 'stderr', 'removed', 'touched'].includes(String(type)) && typeof first === 'string'
}

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let from = 0; from < bytes.length; from += 8192) {
    text += String.fromCharCode(...bytes.subarray(from, from + 8192))
  }
  return btoa(text)
}

function fromBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
