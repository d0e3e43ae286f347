const MIMES: ReadonlyMap<string, string> = new Map([
  ['css', 'text/css'],
  ['csv', 'text/csv'],
  ['gif', 'image/gif'],
  ['gz', 'application/gzip'],
  ['html', 'text/html'],
  ['jpeg', 'image/jpeg'],
  ['jpg', 'image/jpeg'],
  ['js', 'text/javascript'],
  ['json', 'application/json'],
  ['md', 'text/markdown'],
  ['mjs', 'text/javascript'],
  ['mp3', 'audio/mpeg'],
  ['mp4', 'video/mp4'],
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['py', 'text/x-python'],
  ['svg', 'image/svg+xml'],
  ['tsv', 'text/tab-separated-values'],
  ['txt', 'text/plain'],
  ['wav', 'audio/wav'],
  ['webp', 'image/webp'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['xml', 'application/xml'],
  ['yaml', 'application/yaml'],
  ['yml', 'application/yaml'],
  ['zip', 'application/zip'],
])

/** How files of some types begin, in Latin-1; a `?` stands for any byte. */
const BEGINNINGS: readonly (readonly [beginning: string, mime: string])[] = [
  ['\u0089PNG\r\n\u001a\n', 'image/png'],
  ['\u00ff\u00d8\u00ff', 'image/jpeg'],
  ['GIF8?a', 'image/gif'],
  ['RIFF????WEBP', 'image/webp'],
  ['RIFF????WAVE', 'audio/wav'],
  ['%PDF-', 'application/pdf'],
  ['PK\u0003\u0004', 'application/zip'],
  ['\u001f\u008b', 'application/gzip'],
  ['SQLite format 3\0', 'application/vnd.sqlite3'],
]

/**
 * The media type of a file, by the end of its name, and for an unknown one by how it begins.
 *
 * @param beginning - The first bytes of the file; without them an unknown name is a text.
 */
export function mimeOf(name: string, beginning?: Uint8Array): string {
  const known = MIMES.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase())
  if (known !== undefined || beginning === undefined) return known ?? 'text/plain'
  const text = Buffer.from(beginning).toString('latin1')
  const [, mime] = BEGINNINGS.find(([start]) => [...start].every((sign, at) => sign === '?' || sign === text[at])) ?? []
  return mime ?? (isText(beginning) ? 'text/plain' : 'application/octet-stream')
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false
  try {
    // The last character may be cut in two.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}
