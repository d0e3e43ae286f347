/** Pieces, put together. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}

/** Whether two texts of bytes are the same. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  let index = one.length === other.length ? one.length - 1 : 0
  while (index > 0 && one[index] === other[index]) index -= 1
  return one.length === other.length && one[index] === other[index]
}
