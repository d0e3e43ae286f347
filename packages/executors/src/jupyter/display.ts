import { randomUUID } from 'node:crypto'
import type { Content } from './message.ts'

/** One value of what a kernel displays. */
export interface Displayed {
  readonly mime: string
  readonly value: string | Uint8Array
  /** What is said of it in the output, given the path of the file that it was saved as, if it has a name for one. */
  readonly words: (path: string) => string
  /** What it is saved as: values that are not read as texts. */
  readonly fileName?: string
}

/** What is saved: the end of the file's name, and how AutoGen calls such a thing. */
const SAVED: Readonly<Record<string, readonly [extension: string, name: string]>> = Object.freeze({
  'application/pdf': ['pdf', 'PDF'],
  'image/gif': ['gif', 'Image'],
  'image/jpeg': ['jpg', 'Image'],
  'image/png': ['png', 'Image'],
  'image/svg+xml': ['svg', 'Image'],
  'image/webp': ['webp', 'Image'],
  'text/html': ['html', 'HTML'],
})
/** Of these, what comes as a text and not in base64. */
const TEXTS: readonly string[] = Object.freeze(['image/svg+xml', 'text/html'])

/** What a kernel displays, one value for each media type, in its order: binary ones as bytes, JSON as a text. */
export function displayed(data: Content): Displayed[] {
  return Object.entries(data).map(([mime, given]) => {
    const json = JSON.stringify(given)
    const [extension, name] = (typeof given === 'string' && SAVED[mime]) || []
    if (typeof given !== 'string') return { mime, value: json, words: () => json }
    if (extension === undefined) return { mime, value: given, words: () => (mime === 'text/plain' ? given : json) }
    return {
      mime,
      value: TEXTS.includes(mime) ? given : new Uint8Array(Buffer.from(given, 'base64')),
      words: (path) => `${name} data saved to ${path}`,
      fileName: `${randomUUID()}.${extension}`,
    }
  })
}
