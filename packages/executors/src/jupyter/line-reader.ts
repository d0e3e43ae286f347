/** What a kernel takes for the end of the input. */
const END = '\u0004'

/** Gives one line of a text after the other, then its end. Nothing without a text. */
export function lineReader(text: string | undefined): (() => string) | undefined {
  if (text === undefined) return undefined
  const lines = text.split('\n')
  // The last line has an end, too.
  if (lines.at(-1) === '') lines.pop()
  return () => lines.shift() ?? END
}
