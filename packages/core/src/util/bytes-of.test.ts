import { expect, test } from 'vitest'
import { bytesOf } from './bytes-of.ts'

test.each(['', 'plain', 'größer', '漢字', '👩‍🚀 in space', 'half \ud83d of one', '\udc00\ud800', 'a\ud83d\ude00\ud83d'])(
  '%j takes as many bytes as an encoder writes',
  (text) => {
    expect(bytesOf(text)).toBe(new TextEncoder().encode(text).length)
  },
)
