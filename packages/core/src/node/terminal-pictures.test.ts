import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { terminalPictures } from './index.ts'

const PNG = Buffer.concat([Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1'), Buffer.alloc(4000, 7)])
const JPEG = Buffer.from('\u00ff\u00d8\u00ff\u00e0', 'latin1')
const KITTY = { TERM: 'xterm-kitty' }
const ITERM2 = { TERM: 'xterm-256color', TERM_PROGRAM: 'iTerm.app' }
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pictures-'))
  writeFileSync(join(folder, 'plot.png'), PNG)
  writeFileSync(join(folder, 'photo.jpg'), JPEG)
  writeFileSync(join(folder, 'secret.png'), 'SECRET\u001B[31m')
  symlinkSync(join(folder, 'plot.png'), join(folder, 'link.png'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function shown(name: string, env: Record<string, string>, isTTY = true): string {
  const file = join(folder, name)
  return terminalPictures({ env, output: { isTTY } })({ path: name, mime: 'image/png', size: 1, origin: 'file', file })
}

test('a PNG goes to Kitty in pieces of 4096 letters', () => {
  const text = PNG.toString('base64')

  expect(text).toHaveLength(5344)
  expect(shown('plot.png', KITTY)).toBe(
    `\u001B_Ga=T,f=100,q=2,m=1;${text.slice(0, 4096)}\u001B\\\u001B_Gm=0;${text.slice(4096)}\u001B\\\n`,
  )
})

test('a PNG or JPEG goes to iTerm2 as one text', () => {
  expect(shown('photo.jpg', ITERM2)).toBe('\u001B]1337;File=inline=1;size=4;preserveAspectRatio=1:/9j/4A==\u0007\n')
  expect(shown('plot.png', ITERM2)).toContain(`size=4008;preserveAspectRatio=1:${PNG.toString('base64')}\u0007`)
})

test.each([
  [{ KITTY_WINDOW_ID: '1', TERM: 'xterm-256color' }, '\u001B_G'],
  [{ TERM: 'xterm-ghostty' }, '\u001B_G'],
  [{ TERM_PROGRAM: 'WezTerm' }, '\u001B]1337'],
  [{ LC_TERMINAL: 'iTerm2' }, '\u001B]1337'],
])('the terminal of %j takes pictures', (env, beginning) => {
  expect(shown('plot.png', env).startsWith(beginning)).toBe(true)
})

describe('nothing is shown', () => {
  test.each([
    {},
    { TERM: 'xterm-256color' },
    { TERM: 'dumb' },
    { ...KITTY, NO_COLOR: '1' },
    { ...ITERM2, CI: 'true' },
    { ...ITERM2, TMUX: '/tmp/tmux-0/default,1,0' },
    { KITTY_WINDOW_ID: '1', TERM: 'screen-256color' },
  ])('where the environment is %j', (env) => {
    expect(shown('plot.png', env)).toBe('')
  })

  test('where the output is a pipe', () => {
    expect(shown('plot.png', KITTY, false)).toBe('')
    expect(shown('plot.png', ITERM2, false)).toBe('')
  })

  test.each(['photo.jpg', 'secret.png', 'link.png', 'gone.png', '.'])('by Kitty of %s', (name) => {
    expect(shown(name, KITTY)).toBe('')
  })
})
