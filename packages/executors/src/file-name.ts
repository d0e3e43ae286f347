const SEGMENT = /^\.?[\p{L}\p{N}_](?:[\p{L}\p{N} ._()+,@=-]*[\p{L}\p{N}_()+@=-])?$/u

/**
 * Whether a text is a file name inside a folder, on every system: a relative path of at most eight parts, of letters,
 * digits, spaces and a few signs, with no way out.
 */
export function isFileName(name: string): boolean {
  const segments = name.split('/')
  return name.length <= 200 && segments.length <= 8 && segments.every((segment) => SEGMENT.test(segment))
}

/** What to say of a name that is none. */
export const FILE_NAME_ADVICE = 'Give a relative path of letters, digits, spaces and ._()+,@=- such as "out/data.csv".'
