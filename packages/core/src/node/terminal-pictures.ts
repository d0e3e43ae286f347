import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import type { CodeArtifact } from '../code-artifact.ts'

/** Where pictures are to be shown. */
export interface TerminalPicturesOptions {
  /** Says which terminal it is. Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What is written to. Default: standard output. */
  readonly output?: { readonly isTTY?: boolean }
}

/** A way in which terminals take pictures. */
interface Protocol {
  /** How the files begin that it takes, in Latin-1. */
  readonly beginnings: readonly string[]
  readonly textOf: (picture: Buffer) => string
}

const PNG = '\u0089PNG\r\n\u001a\n'
const JPEG = '\u00ff\u00d8\u00ff'
const GIF = 'GIF8'
const MOST_BYTES = 8 * 1024 * 1024

/** Each piece of a picture is one sequence. */
const KITTY: Protocol = Object.freeze({
  beginnings: [PNG],
  textOf: (picture: Buffer) => {
    const pieces = picture.toString('base64').match(/.{1,4096}/g) ?? []
    const sequences = pieces.map((piece, index) => {
      // Drawn at once (a=T), from a PNG (f=100), without an answer that would look like typing (q=2).
      const first = index === 0 ? 'a=T,f=100,q=2,' : ''
      return `\u001B_G${first}m=${index < pieces.length - 1 ? 1 : 0};${piece}\u001B\\`
    })
    return `${sequences.join('')}\n`
  },
})

const ITERM2: Protocol = Object.freeze({
  beginnings: [PNG, JPEG, GIF],
  textOf: (picture: Buffer) => {
    const options = `inline=1;size=${picture.length};preserveAspectRatio=1`
    return `\u001B]1337;File=${options}:${picture.toString('base64')}\u0007\n`
  },
})

/**
 * Shows pictures in terminals that can: PNG by the protocol of Kitty (Kitty, Ghostty), and also JPEG and GIF by that of
 * iTerm2 (iTerm2, WezTerm). Give it to `printTranscript` as `pictures`. It gives an empty text for other files, on other
 * terminals, where the output is no terminal, inside tmux and screen, and where the environment sets `NO_COLOR` or `CI`.
 *
 * @see https://sw.kovidgoyal.net/kitty/graphics-protocol/ and https://iterm2.com/documentation-images.html
 */
export function terminalPictures(options: TerminalPicturesOptions = {}): (picture: CodeArtifact) => string {
  const { env = process.env, output = process.stdout } = options
  const protocol = output.isTTY ? protocolOf(env) : undefined
  return ({ file }) => {
    const picture = protocol && file !== undefined ? read(file) : undefined
    if (!protocol || !picture) return ''
    const beginning = picture.toString('latin1', 0, PNG.length)
    return protocol.beginnings.some((one) => beginning.startsWith(one)) ? protocol.textOf(picture) : ''
  }
}

function protocolOf(env: Readonly<Record<string, string | undefined>>): Protocol | undefined {
  const { NO_COLOR = '', CI = '', TMUX, STY, TERM = '', TERM_PROGRAM = '', LC_TERMINAL, KITTY_WINDOW_ID } = env
  const isQuiet = NO_COLOR !== '' || !['', '0', 'false'].includes(CI)
  if (isQuiet || TMUX !== undefined || STY !== undefined || /^(?:dumb|screen|tmux)/.test(TERM)) return undefined
  if (KITTY_WINDOW_ID !== undefined || ['xterm-kitty', 'xterm-ghostty'].includes(TERM)) return KITTY
  return ['iTerm.app', 'WezTerm'].includes(TERM_PROGRAM) || LC_TERMINAL === 'iTerm2' ? ITERM2 : undefined
}

/** A file as it is, unless it is large or none: a link that a program has put in its place is not followed. */
function read(path: string): Buffer | undefined {
  // Windows knows neither of the last two.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK }: Partial<typeof constants> = constants
  try {
    const file = openSync(path, (O_RDONLY ?? 0) | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0))
    try {
      const stats = fstatSync(file)
      return stats.isFile() && stats.size <= MOST_BYTES ? readFileSync(file) : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    // What is gone is not shown.
    return undefined
  }
}
