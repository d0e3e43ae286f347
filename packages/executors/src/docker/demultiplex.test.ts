import { expect, test } from 'vitest'
import { Demultiplexer } from './demultiplex.ts'

/** What an engine sends: a stream's number, three zeros, the length, the bytes. */
function frame(stream: 1 | 2, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([header, bytes])
}

function textsOf(pieces: readonly Buffer[]): { stdout: string; stderr: string } {
  const texts = { stdout: '', stderr: '' }
  const demultiplexer = new Demultiplexer((stream, text) => (texts[stream] += text))
  for (const piece of pieces) demultiplexer.push(piece)
  demultiplexer.end()
  return texts
}

const SENT = Buffer.concat([frame(1, 'naïve 😀\n'), frame(2, 'no!'), frame(1, ''), frame(1, 'end')])

test.each([1, 2, 3, 7, 8, 9, 13, 1000])('streams are told apart in pieces of %i bytes', (size) => {
  const pieces = Array.from({ length: Math.ceil(SENT.length / size) }, (_, index) =>
    SENT.subarray(index * size, (index + 1) * size),
  )

  expect(textsOf(pieces)).toEqual({ stdout: 'naïve 😀\nend', stderr: 'no!' })
})

test('a character in two frames is whole, one that never ends is replaced, and the streams do not mix', () => {
  const smile = Buffer.from('😀')
  const pieces = [
    frame(1, smile.subarray(0, 2)),
    frame(2, 'x'),
    frame(1, smile.subarray(2)),
    frame(2, smile.subarray(0, 2)),
  ]

  expect(textsOf(pieces)).toEqual({ stdout: '😀', stderr: 'x�' })
})

test('a hundred thousand frames in one piece are no trouble', () => {
  const piece = Buffer.concat(Array.from({ length: 100_000 }, () => frame(1, 'y\n')))

  expect(textsOf([piece]).stdout.length).toBe(200_000)
})
