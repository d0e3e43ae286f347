import { expect, test } from 'vitest'
import { OutputBuffer } from './output-buffer.ts'

function kept(maxBytes: number, pieces: readonly string[]): string {
  const buffer = new OutputBuffer(maxBytes)
  for (const piece of pieces) buffer.add(piece)
  return buffer.toString()
}

test.each<{ max: number; pieces: readonly string[]; text: string }>([
  { max: 10, pieces: [], text: '' },
  { max: 10, pieces: ['0123456789'], text: '0123456789' },
  { max: 10, pieces: ['012', '345', '6789'], text: '0123456789' },
  { max: 10, pieces: ['0123456789a'], text: '01234\n… 1 bytes of output are left out here …\n6789a' },
  { max: 10, pieces: ['0', '1'.repeat(1000), '2'], text: '01111\n… 992 bytes of output are left out here …\n11112' },
  // No character is cut in two: `ü` has two bytes.
  { max: 10, pieces: ['ü'.repeat(6)], text: 'üü\n… 4 bytes of output are left out here …\nüü' },
  { max: 1, pieces: ['abc'], text: 'a\n… 2 bytes of output are left out here …\n' },
])('of $pieces, $max bytes are kept', ({ max, pieces, text }) => {
  expect(kept(max, pieces)).toBe(text)
})

test('many small pieces are kept as one large piece is', () => {
  const letters = Array.from({ length: 50_000 }, (_none, index) => String.fromCharCode(97 + (index % 26)))

  expect(kept(1000, letters)).toBe(kept(1000, [letters.join('')]))
})
