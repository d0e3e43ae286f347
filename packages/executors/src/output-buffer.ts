/**
 * What a program printed, up to a limit: of a longer output the first and the last half are kept, with a line between
 * them that says how much is missing.
 */
export class OutputBuffer {
  readonly #maxBytes: number
  readonly #half: number
  #head = ''
  #tail = ''
  #headBytes = 0
  #headIsFull = false
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#half = Math.ceil(maxBytes / 2)
  }

  /** How much there was in all, kept or not. */
  get bytes(): number {
    return this.#bytes
  }

  get truncated(): boolean {
    return this.#bytes > this.#maxBytes
  }

  /** Adds a piece. */
  add(text: string): void {
    this.#bytes += Buffer.byteLength(text)
    this.#tail += this.#headIsFull ? text : this.#fillHead(text)
    // Cut now and then instead of at each piece, so that many small pieces cost no more than a few large ones.
    if (this.#tail.length > 2 * this.#maxBytes) this.#tail = lastBytes(this.#tail, this.#maxBytes)
  }

  /** The output, or its head and its tail. */
  toString(): string {
    if (!this.truncated) return this.#head + this.#tail
    const tail = lastBytes(this.#tail, this.#maxBytes - this.#half)
    const missing = this.#bytes - this.#headBytes - Buffer.byteLength(tail)
    return `${this.#head}\n… ${missing} bytes of output are left out here …\n${tail}`
  }

  /** Takes what fits, and gives back the rest. */
  #fillHead(text: string): string {
    const part = firstBytes(text, this.#half - this.#headBytes)
    this.#head += part
    this.#headBytes += Buffer.byteLength(part)
    this.#headIsFull = part.length < text.length
    return text.slice(part.length)
  }
}

function firstBytes(text: string, max: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= max) return text
  let end = max
  while (end > 0 && isContinuation(bytes[end])) end -= 1
  return bytes.toString('utf8', 0, end)
}

function lastBytes(text: string, max: number): string {
  const bytes = Buffer.from(text)
  let start = Math.max(0, bytes.length - max)
  while (start < bytes.length && isContinuation(bytes[start])) start += 1
  return bytes.toString('utf8', start)
}

/** Whether a byte of UTF-8 stands inside a character. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
