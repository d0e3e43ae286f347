import { parseJson } from '../util/parse-json.ts'
import { quote } from '../util/quote.ts'

/** Arguments as a model wrote them, parsed; or the text that tells the model what is wrong with them. */
export type ParsedArguments =
  | { readonly value: Readonly<Record<string, unknown>>; readonly problem?: undefined }
  | { readonly problem: string }

/**
 * Parses the arguments of a call. Only if that fails, raw line breaks and tabs inside texts are mended, which models
 * write often, and it is tried once more.
 */
export function parseArguments(text: string): ParsedArguments {
  const value = parseJson(text) ?? parseJson(mended(text))
  if (value === undefined || value === null) {
    return { problem: `Error: ${jsonProblem(text)}\n The argument must be in JSON format.` }
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    return { problem: `Error: the arguments must be a JSON object of names and values, not ${quote(value)}.` }
  }
  // An object that came out of JSON.parse.
  return { value: value as Readonly<Record<string, unknown>> }
}

function jsonProblem(text: string): string {
  if (text.trim() === '') return 'the arguments are empty; write {} for none.'
  try {
    JSON.parse(text)
    return `the arguments are ${quote(text)}.`
  } catch (error) {
    return error instanceof Error ? error.message : quote(error)
  }
}

function mended(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"/gs, (literal) =>
    literal.replaceAll('\r\n', '\\n').replaceAll('\n', '\\n').replaceAll('\r', '\\n').replaceAll('\t', '\\t'),
  )
}
