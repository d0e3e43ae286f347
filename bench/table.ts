/** The same work done by both sides. */
export interface Figures {
  readonly ours: number
  readonly ai: number
}

/** What is wanted of a line. */
export interface Target {
  readonly text: string
  readonly isMet: boolean
}

/** One line of the table. The section's title or `what` names the unit; a side that was not measured is left out. */
export interface Line extends Partial<Figures> {
  readonly what: string
  readonly target?: Target
}

/** Lines that belong together. */
export interface Section {
  readonly title: string
  readonly lines: readonly Line[]
  /** What has to be known to read the figures. */
  readonly notes?: readonly string[]
}

const WIDTHS: readonly number[] = [36, 12, 10, 8, 14, 4]

/** A line for both sides; a figure that is not a number was not measured. */
export function lineOf(what: string, { ours, ai }: Figures, target?: Target): Line {
  return { what, ...(!Number.isNaN(ours) && { ours }), ...(!Number.isNaN(ai) && { ai }), ...(target && { target }) }
}

/** Wants ours to be at most that part of `ai`'s. */
export function atMost(part: number, { ours, ai }: Figures): Target {
  return { text: `at most ${ratio(part)}`, isMet: ours / ai <= part }
}

/** Wants ours to be at least so many times `ai`'s. */
export function atLeast(times: number, { ours, ai }: Figures): Target {
  return { text: `at least ${ratio(times)}`, isMet: ours / ai >= times }
}

/** The whole table, as text. */
export function tableOf(sections: readonly Section[]): string {
  const blocks = sections.map(({ title, lines, notes = [] }) =>
    [title, ...lines.map(rowOf), ...notes.map((note) => `  (${note})`)].join('\n'),
  )
  return [aligned(['', 'conversable', 'peer', 'ratio', 'target', '']), ...blocks].join('\n\n')
}

function rowOf({ what, ours, ai, target }: Line): string {
  const compared = ours === undefined || ai === undefined ? '' : ratio(ours / ai)
  const verdict = target && (target.isMet ? 'PASS' : 'FAIL')
  return aligned([`  ${what}`, figure(ours), figure(ai), compared, target?.text ?? '', verdict ?? ''])
}

function aligned(cells: readonly string[]): string {
  const padded = cells.map((cell, column) => {
    const width = WIDTHS[column] ?? 0
    return column === 0 ? cell.padEnd(width) : cell.padStart(width)
  })
  return padded.join(' ').trimEnd()
}

function ratio(value: number): string {
  return value < 1 ? `1/${figure(1 / value)}` : `${figure(value)} x`
}

/** Three digits; all of them in front of the point. */
function figure(value: number | undefined): string {
  if (value === undefined) return '-'
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return Number(value.toFixed(digits)).toLocaleString('en', { maximumFractionDigits: 2 })
}
