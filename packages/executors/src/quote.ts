/** A value as it is quoted in an error message: JSON where there is any, cut off at 80 characters. */
export function quote(value: unknown): string {
  const text = spelled(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

function spelled(value: unknown): string {
  if (typeof value === 'function') return value.name ? `function ${value.name}` : 'a function'
  if (typeof value === 'bigint' || typeof value === 'symbol' || value === undefined) return String(value)
  if (typeof value === 'number') return String(value)
  try {
    return JSON.stringify(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}
