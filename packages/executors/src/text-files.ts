import { ConfigurationError } from 'conversable'
import { FILE_NAME_ADVICE, isFileName } from './file-name.ts'
import { quote } from './quote.ts'

/**
 * Files as texts; bytes are read as UTF-8.
 *
 * @throws ConfigurationError for a name that is no relative path, and for a content that is no text.
 */
export function textFiles(files: Readonly<Record<string, string | Uint8Array>> | undefined): Map<string, string> {
  if (files === undefined) return new Map()
  if (typeof files !== 'object' || files === null || Array.isArray(files)) {
    throw refused(`The files are ${quote(files)}. Give an object of names and contents.`)
  }
  return new Map(
    Object.entries(files).map(([name, content]) => {
      if (!isFileName(name)) throw refused(`${quote(name)} is no file name. ${FILE_NAME_ADVICE}`)
      return [name, textOf(name, content)]
    }),
  )
}

function textOf(name: string, content: unknown): string {
  if (typeof content === 'string') return content
  if (!(content instanceof Uint8Array)) {
    throw refused(`The content of file ${quote(name)} is ${quote(content)}. Give a text, or the bytes of one.`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch (error) {
    throw refused(`The content of file ${quote(name)} is no text in UTF-8, and programs read nothing else.`, error)
  }
}

function refused(message: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError('invalid-option', message, { cause })
}
