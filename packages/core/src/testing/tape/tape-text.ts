import { sharedLists } from './shared-lists.ts'
import type { Tape } from './tape.ts'

const WIDTH = 120

/** A tape as a text for a file that people read and compare: what fits on a line stands on one. */
export function tapeText(tape: Tape): string {
  return `${written({ ...tape, steps: sharedLists(tape.steps) }, '')}\n`
}

function written(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent}  `
  const isList = Array.isArray(value)
  const items = isList
    ? value.map((item: unknown) => written(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${written(item, inner)}`)
  const [open, close, space] = isList ? ['[', ']', ''] : ['{', '}', ' ']
  if (items.length === 0) return open + close
  const length = items.reduce((sum, item) => sum + item.length + 2, indent.length + 2)
  const isShort = length <= WIDTH && !items.some((item) => item.includes('\n'))
  return isShort
    ? `${open}${space}${items.join(', ')}${space}${close}`
    : `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`
}
