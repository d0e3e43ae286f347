const MIMES: ReadonlyMap<string, string> = new Map([
  ['css', 'text/css'],
  ['csv', 'text/csv'],
  ['html', 'text/html'],
  ['js', 'text/javascript'],
  ['json', 'application/json'],
  ['md', 'text/markdown'],
  ['mjs', 'text/javascript'],
  ['svg', 'image/svg+xml'],
  ['tsv', 'text/tab-separated-values'],
  ['xml', 'application/xml'],
  ['yaml', 'application/yaml'],
  ['yml', 'application/yaml'],
])

/** The media type of a text file, by the end of its name; `text/plain` for an unknown one. */
export function mimeOf(name: string): string {
  return MIMES.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) ?? 'text/plain'
}
