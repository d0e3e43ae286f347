/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Tells an object from lists, texts and the rest. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Where two JSON values differ, each place in a line with what was expected and what there is. A key with null equals
 * a missing key, and `{ $like: [a, …, z] }` stands for a text that begins with `a`, ends with `z` and has the parts
 * between in this order, not overlapping.
 */
export function differences(expected: unknown, actual: unknown, place: string): string[] {
  if (isLike(expected)) return matches(expected.$like, actual) ? [] : [difference(place, expected, actual)]
  if (Array.isArray(expected) && Array.isArray(actual)) return differencesOfLists(expected, actual, place)
  if (isObject(expected) && isObject(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...keys].flatMap((key) => differences(expected[key], actual[key], `${place}.${key}`))
  }
  return Object.is(expected ?? null, actual ?? null) ? [] : [difference(place, expected, actual)]
}

function differencesOfLists(expected: readonly unknown[], actual: readonly unknown[], place: string): string[] {
  const length = Math.max(expected.length, actual.length)
  return Array.from({ length }, (_none, index) => index).flatMap((index) => {
    const at = `${place}[${index}]`
    if (index >= expected.length) return [`${at}: nothing was expected, got ${text(actual[index])}`]
    if (index >= actual.length) return [`${at}: expected ${text(expected[index])}, got nothing`]
    return differences(expected[index], actual[index], at)
  })
}

function difference(place: string, expected: unknown, actual: unknown): string {
  return `${place}: expected ${text(expected)}, got ${text(actual)}`
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing'
}

function isLike(value: unknown): value is { readonly $like: readonly string[] } {
  return isObject(value) && Array.isArray(value['$like'])
}

function matches(parts: readonly string[], value: unknown): boolean {
  if (typeof value !== 'string') return false
  const [first = '', ...rest] = parts
  const last = rest.pop() ?? ''
  if (!value.startsWith(first) || value.length < first.length + last.length || !value.endsWith(last)) return false
  let inner = value.slice(first.length, value.length - last.length)
  for (const part of rest) {
    const at = inner.indexOf(part)
    if (at === -1) return false
    inner = inner.slice(at + part.length)
  }
  return true
}
