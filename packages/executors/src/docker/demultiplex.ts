import { StringDecoder } from 'node:string_decoder'

type StreamName = 'stdout' | 'stderr'

const HEADER_BYTES = 8

/**
 * Takes apart what an engine sends of a program: frames of stdout and stderr, each behind a header of eight bytes, the
 * first of which says which stream it is and the last four how long the frame is. Pieces may break off anywhere, also in
 * the middle of a header or of a character.
 *
 * The function of `dockerode` for this calls itself once for each frame of a piece, and copies the rest each time.
 */
export class Demultiplexer {
  readonly #onText: (stream: StreamName, text: string) => void
  readonly #decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') }
  readonly #header = Buffer.alloc(HEADER_BYTES)
  #headerBytes = 0
  #left = 0
  #stream: StreamName = 'stdout'

  constructor(onText: (stream: StreamName, text: string) => void) {
    this.#onText = onText
  }

  /** Takes the next piece. */
  push(piece: Buffer): void {
    for (let at = 0; at < piece.length;) at += this.#left > 0 ? this.#content(piece, at) : this.#head(piece, at)
  }

  /** Gives out what is left of a character that never came to its end. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) this.#give(stream, this.#decoders[stream].end())
  }

  /** Gives how many bytes were taken. */
  #head(piece: Buffer, at: number): number {
    const taken = piece.copy(this.#header, this.#headerBytes, at)
    this.#headerBytes += taken
    if (this.#headerBytes < HEADER_BYTES) return taken
    this.#headerBytes = 0
    this.#stream = this.#header[0] === 2 ? 'stderr' : 'stdout'
    this.#left = this.#header.readUInt32BE(4)
    return taken
  }

  #content(piece: Buffer, at: number): number {
    const part = piece.subarray(at, at + this.#left)
    this.#left -= part.length
    this.#give(this.#stream, this.#decoders[this.#stream].write(part))
    return part.length
  }

  #give(stream: StreamName, text: string): void {
    if (text !== '') this.#onText(stream, text)
  }
}
