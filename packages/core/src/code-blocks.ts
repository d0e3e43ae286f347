import type { CodeBlock } from './code-block.ts'
import { guessLanguage } from './guess-language.ts'

/** Labels of blocks that are shown and not run. */
const DATA_LANGUAGES = Object.freeze([
  'text',
  'txt',
  'plain',
  'plaintext',
  'json',
  'jsonc',
  'json5',
  'jsonl',
  'yaml',
  'yml',
  'toml',
  'ini',
  'csv',
  'tsv',
  'xml',
  'markdown',
  'md',
  'output',
  'console',
  'log',
  'diff',
  'patch',
  'mermaid',
  'latex',
  'tex',
  'math',
  'none',
])

const FENCE = /^(?<indent>[ \t]*)(?<fence>`{3,}|~{3,})(?<label>.*)$/
const FENCE_BEHIND_WORDS = /^[^`]*(?<fence>`{3,})(?<label>[\w+#.-]+)\s*$/

/**
 * The code blocks of a text, in order: CommonMark fences of three or more backticks or tildes, at any indentation.
 *
 * A fence may also stand behind words, as models write it, if nothing but the language follows it on its line.
 *
 * The language is the first word behind the fence. A block without one counts only if its language is beyond doubt;
 * blocks of data (`json`, `text`, …) and a block whose fence is never closed, as in an answer that was cut off, do not.
 *
 * @see https://spec.commonmark.org/0.31.2/#fenced-code-blocks
 */
export function codeBlocksIn(text: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  let open: OpenBlock | undefined
  for (const line of text.split(/\r?\n/)) {
    if (!open) open = openingIn(line)
    else if (closes(line, open)) {
      blocks.push(...blockOf(open))
      open = undefined
    } else open.lines.push(unindented(line, open.indent))
  }
  return blocks
}

interface OpenBlock {
  readonly fence: string
  readonly indent: number
  readonly label: string
  readonly lines: string[]
}

function openingIn(line: string): OpenBlock | undefined {
  const { indent = '', fence, label = '' } = (FENCE.exec(line) ?? FENCE_BEHIND_WORDS.exec(line))?.groups ?? {}
  if (fence === undefined || (fence.startsWith('`') && label.includes('`'))) return undefined
  const [word = ''] = label.trim().split(/[\s{]/)
  return { fence, indent: indent.length, label: word.toLowerCase(), lines: [] }
}

function closes(line: string, { fence }: OpenBlock): boolean {
  const trimmed = line.trim()
  return trimmed.length >= fence.length && trimmed === fence.charAt(0).repeat(trimmed.length)
}

function unindented(line: string, indent: number): string {
  const own = /^[ \t]*/.exec(line)?.[0].length ?? 0
  return line.slice(Math.min(own, indent))
}

function blockOf({ label, lines }: OpenBlock): CodeBlock[] {
  const code = lines.join('\n')
  const language = label || guessLanguage(code)
  if (code.trim() === '' || language === undefined || DATA_LANGUAGES.includes(language)) return []
  const filename = filenameIn(lines[0] ?? '')
  return [{ language, code, ...(filename !== undefined && { filename }) }]
}

/** `filename: x` in a comment, or a comment that is a bare name with an extension. */
function filenameIn(line: string): string | undefined {
  const [, comment = ''] = /^\s*(?:#|\/\/|\/\*|<!--|--)\s*(.*?)\s*(?:\*\/|-->)?\s*$/.exec(line) ?? []
  return /^filename:\s*(\S.*)$/i.exec(comment)?.[1] ?? /^[\w./-]+\.[A-Za-z]\w{0,9}$/.exec(comment)?.[0]
}
