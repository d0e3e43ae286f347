/** A line in which nothing hides: what moves a terminal's cursor, or turns the direction of the text, is spelled out. */
export function visible(line: string): string {
  return line.replace(/[^\P{C}\t]|[\u2028\u2029]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`)
}
