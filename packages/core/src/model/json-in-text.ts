import { parseJson } from '../util/parse-json.ts'

/**
 * The JSON object in what a model wrote: the whole text, what stands in a fence, or all from the first brace to the
 * last; `undefined` if there is none.
 */
export function jsonObjectIn(written: string): { readonly value: object; readonly text: string } | undefined {
  const fenced = /```(?:json)?\s*\n(.*?)\n\s*```/is.exec(written)?.[1]
  const braced = written.slice(written.indexOf('{'), written.lastIndexOf('}') + 1)
  for (const text of [written, fenced, braced]) {
    const value = text === undefined ? undefined : parseJson(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value, text: text?.trim() ?? '' }
  }
  return undefined
}
