import { ConfigurationError } from '../../errors/configuration-error.ts'
import { quote } from '../../util/quote.ts'

/** Names of fields whose value is secret, whatever it is. */
const FIELD =
  /[\w-]*(?:api[-_]?key|password|passwd|secret|authorization|(?:access|refresh|auth|id|bearer)[-_]?token)|(?:set-)?cookie|private[-_]?key/i

/** Texts that are keys by their form, wherever they stand. */
const FORMS: readonly RegExp[] = Object.freeze([
  /\b(?:sk|pk|rk|gsk|xai|hf|npm|glpat|gh[opsu]|github_pat|xox[abprs])[-_][\w-]{16,}/g,
  /\bA(?:KIA|SIA)[0-9A-Z]{16}\b|\bAIza[\w-]{30,}/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{0,20000}?-----END [A-Z ]*PRIVATE KEY-----/g,
  /(?<=\b(?:Bearer|Basic)\s+)[\w.~+/=-]{16,}/gi,
  /(?<=\b(?:x-)?api[-_]?key\s*[:=]\s*)[\w.~+/=-]{16,}/gi,
  // A field in JSON that is itself a text, as the arguments of a call are.
  new RegExp(`(?<=\\\\?"(?:${FIELD.source})\\\\?"\\s*:\\s*\\\\?")[^"\\\\]+`, 'gi'),
])

const NAME_IN_ENVIRONMENT = /key|token|secret|passw|credential/i
const SHORTEST_IN_ENVIRONMENT = 8

/** Says whether the value of a field is secret by the name of the field. */
export function isSecretName(name: string): boolean {
  return FIELD.exec(name)?.[0] === name
}

/**
 * What is looked for in texts: the values that are given, values of the environment whose names say that they are
 * secret, and whatever has the form of a key.
 *
 * @throws ConfigurationError `invalid-option` for a value that is no text, or empty.
 */
export function secretPatterns(secrets: readonly string[]): readonly RegExp[] {
  for (const secret of secrets) {
    if (typeof secret === 'string' && secret !== '') continue
    throw new ConfigurationError(
      'invalid-option',
      `One of the secrets of a tape is ${quote(secret)}. Give texts that are not empty, and leave out what is not set.`,
    )
  }
  const values = new Set([...secrets, ...secretsOfEnvironment()].flatMap(spellings))
  if (values.size === 0) return FORMS
  const longestFirst = [...values].toSorted((one, other) => other.length - one.length)
  const escaped = longestFirst.map((value) => value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
  return [new RegExp(escaped.join('|'), 'g'), ...FORMS]
}

function secretsOfEnvironment(): string[] {
  // There where there is one: Node, Bun and Deno have it under this name.
  const { process } = globalThis as {
    readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> }
  }
  return Object.entries(process?.env ?? {}).flatMap(([name, value]) =>
    value !== undefined && value.length >= SHORTEST_IN_ENVIRONMENT && NAME_IN_ENVIRONMENT.test(name) ? [value] : [],
  )
}

/** How a secret may be written: as it is, inside JSON, in an address, and in a header of basic authorisation. */
function spellings(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1)
  const bytes = new TextEncoder().encode(secret)
  return [secret, inJson, encodeURIComponent(secret), btoa(String.fromCharCode(...bytes))]
}
