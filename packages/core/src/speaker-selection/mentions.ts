import { parseJson } from '../util/parse-json.ts'

/** Keys under which models put a name when they answer in JSON. */
const JSON_KEYS = Object.freeze([
  'next',
  'next_speaker',
  'nextspeaker',
  'speaker',
  'role',
  'next_role',
  'name',
  'agent',
  'answer',
  'selected',
])

/**
 * The names that an answer mentions, each once.
 *
 * An answer that is plainly meant as one name counts as that one: a name alone, JSON, a line `Next: name`, or a name
 * that is set apart at the end. Otherwise every mention counts: literal, or with spaces or `\_` for underscores; the
 * longest name wins where one is part of another; letter case matters only if some mention fits to the letter.
 * What a model thought first, colour codes and markdown do not count.
 */
export function mentionedNames(answer: string, names: readonly string[]): string[] {
  const text = cleaned(answer)
  const plain = plainChoice(text, names)
  if (plain !== undefined) return [plain]
  const exact = mentions(text, names, 'gu')
  return exact.length > 0 ? exact : mentions(text, names, 'giu')
}

function cleaned(answer: string): string {
  const colourCodes = new RegExp(String.raw`\u001B\[[0-9;]*[A-Za-z]`, 'g')
  return answer
    .replace(/<(think|thinking|thought|reasoning)>[\s\S]*?<\/\1>/gi, ' ')
    .replace(/^[\s\S]*<\/(?:think|thinking|thought|reasoning)>/i, ' ')
    .replace(colourCodes, '')
    .trim()
}

function plainChoice(text: string, names: readonly string[]): string | undefined {
  return (
    nameIn(text, names) ?? nameInJson(text, names) ?? nameOnLabelledLine(text, names) ?? nameOnLastLine(text, names)
  )
}

/** The name that a text is, marks and markdown around it left out. */
function nameIn(text: string, names: readonly string[]): string | undefined {
  const bare = (value: string): string =>
    value
      .replace(/[\s_\\-]+/g, ' ')
      .trim()
      .toLowerCase()
  const stripped = text.replace(/^[\s"'`*_#>[\](){}.,:;!-]+|[\s"'`*_[\](){}.,:;!-]+$/gu, '')
  return names.find((name) => name === stripped) ?? onlyOne(names.filter((name) => bare(name) === bare(stripped)))
}

function nameInJson(text: string, names: readonly string[]): string | undefined {
  const json = /\{[\s\S]*\}|"[^"]*"/.exec(text)?.[0]
  const value = json === undefined ? undefined : parseJson(json)
  if (typeof value === 'string') return text === json ? nameIn(value, names) : undefined
  if (typeof value !== 'object' || value === null) return undefined
  const entries = Object.entries(value).filter(([key]) => JSON_KEYS.includes(key.toLowerCase().replaceAll(' ', '_')))
  const found = entries.flatMap(([, inner]) => (typeof inner === 'string' ? [nameIn(inner, names)] : []))
  return onlyOne(found.filter((name) => name !== undefined))
}

/** The name on a line such as `Next speaker: **name**`. */
function nameOnLabelledLine(text: string, names: readonly string[]): string | undefined {
  const label =
    /^[\s>#*_-]*(?:the )?(?:next(?: speaker| role| agent| turn)?|speaker|selected(?: speaker| role)?|answer|choice)[\s*_]*(?::|=|-|—|is\b)[\s*_]*(.+)$/gimu
  const named = [...text.matchAll(label)].map((match) => nameIn(match[1] ?? '', names))
  return onlyOne(named.filter((name) => name !== undefined))
}

/** The name that stands alone on the last of several lines. */
function nameOnLastLine(text: string, names: readonly string[]): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.length > 1 ? nameIn(lines.at(-1) ?? '', names) : undefined
}

function mentions(text: string, names: readonly string[], flags: string): string[] {
  if (names.length === 0) return []
  const longestFirst = names.toSorted((one, other) => other.length - one.length)
  const pattern = longestFirst.map((name) => `(${spellings(name)})`).join('|')
  const found = new Set<string>()
  for (const match of text.matchAll(new RegExp(`(?<![\\p{L}\\p{N}_])(?:${pattern})(?![\\p{L}\\p{N}_])`, flags))) {
    const index = match.slice(1).findIndex((group) => group !== undefined)
    const name = longestFirst[index]
    if (name !== undefined) found.add(name)
  }
  return names.filter((name) => found.has(name))
}

/** A pattern for a name: literal, or with spaces or escaped underscores in place of underscores. */
function spellings(name: string): string {
  return name
    .split('_')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('(?:_|\\\\_| )')
}

function onlyOne(names: readonly string[]): string | undefined {
  const different = new Set(names)
  return different.size === 1 ? names[0] : undefined
}
