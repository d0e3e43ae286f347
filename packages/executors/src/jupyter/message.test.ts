import { expect, test } from 'vitest'
import { fromFrames, headerOf, toFrames } from './message.ts'

const KEY = 'secret'
const framesOf = (key: string): Buffer[] =>
  toFrames(headerOf('execute_request', 'session'), { code: 'é' }, key).map((frame) => Buffer.from(frame))

test('a message is read as it was written, behind addresses and before buffers', () => {
  const frames = [Buffer.from('address'), ...framesOf(KEY), Buffer.from('buffer')]

  expect(fromFrames('shell', frames, KEY)).toMatchObject({
    channel: 'shell',
    type: 'execute_request',
    id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
    content: { code: 'é' },
  })
})

test('the signature is that of the Jupyter protocol', () => {
  const [delimiter, signature] = toFrames(
    { msg_id: '1', session: '2', username: 'u', date: 'd', msg_type: 't', version: '5.3' },
    {},
    'key',
  )

  // hmac.new(b'key', b'{"msg_id":"1",…}{}{}{}', 'sha256').hexdigest() in Python.
  expect([delimiter, signature]).toEqual([
    '<IDS|MSG>',
    'dc1757dbd5e471dc73f487a9deaf6743e692f9b7f7513ef07db8b38ada139483',
  ])
})

test.each([
  { what: 'signed with another key', frames: framesOf('other') },
  { what: 'changed on the way', frames: framesOf(KEY).map((frame, at) => (at === 5 ? Buffer.from('{}') : frame)) },
  { what: 'not signed', frames: framesOf(KEY).map((frame, at) => (at === 1 ? Buffer.alloc(0) : frame)) },
  { what: 'cut off', frames: framesOf(KEY).slice(0, 4) },
  { what: 'without a delimiter', frames: framesOf(KEY).slice(1) },
  { what: 'no message', frames: [Buffer.from('x')] },
])('what is $what is no message', ({ frames }) => {
  expect(fromFrames('iopub', frames, KEY)).toBeUndefined()
})
