import type { JsonSchema } from '../ports/tool.ts'
import { quote } from '../util/quote.ts'

/** What came of a check: the value with the schema's defaults filled in, or what is wrong with it. */
export type CheckedJson =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly string[] }

/**
 * Holds a value against a JSON Schema and fills in defaults; properties that the schema does not name are dropped
 * unless it allows further ones.
 *
 * Knows the keywords that tools are written with: type, enum, const, properties, required, additionalProperties,
 * items, prefixItems, the bounds on numbers, texts, lists and objects, pattern, uniqueItems, multipleOf, anyOf, oneOf,
 * allOf, not, and `$ref` into the schema itself. Other keywords say nothing about the value (annotations, `format`).
 */
export function checkJson(value: unknown, schema: JsonSchema): CheckedJson {
  const issues: string[] = []
  const checked = new Check(schema, issues).value(value, schema, '')
  return issues.length > 0 ? { issues } : { value: checked }
}

type Keyword = readonly [name: string, holds: (value: never, limit: never) => boolean, problem: string]

const NUMBER_KEYWORDS: readonly Keyword[] = Object.freeze([
  ['minimum', (value: number, limit: number) => value >= limit, 'must be at least'],
  ['maximum', (value: number, limit: number) => value <= limit, 'must be at most'],
  ['exclusiveMinimum', (value: number, limit: number) => value > limit, 'must be above'],
  ['exclusiveMaximum', (value: number, limit: number) => value < limit, 'must be below'],
  [
    'multipleOf',
    (value: number, limit: number) => Number.isInteger(Number((value / limit).toFixed(9))),
    'must be a multiple of',
  ],
])
const TEXT_KEYWORDS: readonly Keyword[] = Object.freeze([
  ['minLength', (value: string, limit: number) => [...value].length >= limit, 'must be of at least this length:'],
  ['maxLength', (value: string, limit: number) => [...value].length <= limit, 'must be of at most this length:'],
  ['pattern', (value: string, pattern: string) => new RegExp(pattern, 'u').test(value), 'must match'],
])
const LIST_KEYWORDS: readonly Keyword[] = Object.freeze([
  [
    'minItems',
    (value: readonly unknown[], limit: number) => value.length >= limit,
    'must have at least this many items:',
  ],
  [
    'maxItems',
    (value: readonly unknown[], limit: number) => value.length <= limit,
    'must have at most this many items:',
  ],
  [
    'uniqueItems',
    (value: readonly unknown[], unique: boolean) =>
      !unique || new Set(value.map((item) => canonical(item))).size === value.length,
    'must have no item twice:',
  ],
])
const OBJECT_KEYWORDS: readonly Keyword[] = Object.freeze([
  [
    'minProperties',
    (value: object, limit: number) => Object.keys(value).length >= limit,
    'must have at least this many properties:',
  ],
  [
    'maxProperties',
    (value: object, limit: number) => Object.keys(value).length <= limit,
    'must have at most this many properties:',
  ],
])

class Check {
  readonly #root: JsonSchema
  readonly #issues: string[]

  constructor(root: JsonSchema, issues: string[]) {
    this.#root = root
    this.#issues = issues
  }

  /** Checks one value, notes what is wrong, and gives the value with defaults. */
  value(value: unknown, schema: unknown, path: string): unknown {
    if (schema === true || schema === undefined) return value
    if (schema === false) return this.#fail(path, 'is not allowed', value)
    const rules = this.#resolved(schema as JsonSchema)
    if (rules['const'] !== undefined && canonical(value) !== canonical(rules['const'])) {
      return this.#fail(path, `must be ${quote(rules['const'])}`, value)
    }
    const allowed = rules['enum'] as readonly unknown[] | undefined
    if (allowed && !allowed.some((one) => canonical(one) === canonical(value))) {
      return this.#fail(path, `must be one of ${allowed.map(quote).join(', ')}`, value)
    }
    const types = rules['type'] === undefined ? [] : [rules['type']].flat().map(String)
    if (types.length > 0 && !types.some((type) => isOfType(value, type))) {
      return this.#fail(path, `must be of type ${types.join(' or ')}`, value)
    }
    return this.#combined(this.#inside(value, rules, path), rules, path)
  }

  #inside(value: unknown, rules: JsonSchema, path: string): unknown {
    if (typeof value === 'number') this.#keywords(value, NUMBER_KEYWORDS, { rules, path })
    if (typeof value === 'string') this.#keywords(value, TEXT_KEYWORDS, { rules, path })
    if (Array.isArray(value)) return this.#list(value, rules, path)
    if (typeof value === 'object' && value !== null) return this.#object(value, rules, path)
    return value
  }

  #keywords(
    value: unknown,
    keywords: readonly Keyword[],
    { rules, path }: { readonly rules: JsonSchema; readonly path: string },
  ): void {
    for (const [name, holds, problem] of keywords) {
      // Each table is only used for values of its type; limits are what JSON Schema says they are.
      if (rules[name] !== undefined && !holds(value as never, rules[name] as never)) {
        this.#fail(path, `${problem} ${quote(rules[name])}`, value)
      }
    }
  }

  #list(value: readonly unknown[], rules: JsonSchema, path: string): unknown[] {
    this.#keywords(value, LIST_KEYWORDS, { rules, path })
    const { prefixItems, items } = rules as { readonly prefixItems?: readonly unknown[]; readonly items?: unknown }
    const first = prefixItems ?? (Array.isArray(items) ? items : [])
    const rest = Array.isArray(items) ? rules['additionalItems'] : items
    return value.map((item, index) =>
      this.value(item, index < first.length ? first[index] : rest, join(path, String(index))),
    )
  }

  #object(value: object, rules: JsonSchema, path: string): unknown {
    this.#keywords(value, OBJECT_KEYWORDS, { rules, path })
    const properties = (rules['properties'] ?? {}) as Readonly<Record<string, unknown>>
    const required = (rules['required'] ?? []) as readonly string[]
    const further = rules['additionalProperties']
    const result: [string, unknown][] = []
    for (const [key, inner] of Object.entries(value)) {
      if (Object.hasOwn(properties, key)) result.push([key, this.value(inner, properties[key], join(path, key))])
      else if (further === false) this.#fail(join(path, key), 'is not known', inner)
      else if (further !== undefined || rules['properties'] === undefined)
        result.push([key, this.value(inner, further, join(path, key))])
    }
    for (const [key, property] of Object.entries(properties)) {
      if (Object.hasOwn(value, key)) continue
      const { default: preset } = (typeof property === 'object' ? property : {}) as { readonly default?: unknown }
      if (preset !== undefined) result.push([key, structuredClone(preset)])
      else if (required.includes(key)) this.#fail(join(path, key), 'is missing')
    }
    for (const key of required)
      if (!Object.hasOwn(value, key) && !Object.hasOwn(properties, key)) this.#fail(join(path, key), 'is missing')
    return Object.fromEntries(result)
  }

  #combined(value: unknown, rules: JsonSchema, path: string): unknown {
    const {
      allOf = [],
      anyOf,
      oneOf,
      not,
    } = rules as {
      readonly allOf?: readonly unknown[]
      readonly anyOf?: readonly unknown[]
      readonly oneOf?: readonly unknown[]
      readonly not?: unknown
    }
    let result = value
    for (const schema of allOf) result = this.value(result, schema, path)
    for (const [schemas, exactly] of [
      [anyOf, false],
      [oneOf, true],
    ] as const) {
      if (!schemas) continue
      const fits = schemas.map((schema) => this.#trial(result, schema)).filter((trial) => !trial.issues)
      if (fits.length === 0) this.#fail(path, 'fits none of the forms that are allowed', result)
      else if (exactly && fits.length > 1)
        this.#fail(path, 'fits more than one of the forms that exclude each other', result)
      else if (typeof fits[0] === 'object' && 'value' in fits[0]) result = fits[0].value
    }
    if (not !== undefined && !this.#trial(result, not).issues)
      this.#fail(path, 'is of a form that is not allowed', result)
    return result
  }

  #trial(value: unknown, schema: unknown): CheckedJson {
    const issues: string[] = []
    const checked = new Check(this.#root, issues).value(value, schema, '')
    return issues.length > 0 ? { issues } : { value: checked }
  }

  #resolved(schema: JsonSchema): JsonSchema {
    const { $ref, ...beside } = schema
    if (typeof $ref !== 'string' || !$ref.startsWith('#')) return schema
    const keys = $ref
      .slice(1)
      .split('/')
      .filter(Boolean)
      .map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'))
    const target = keys.reduce<unknown>(
      (at, key) =>
        typeof at === 'object' && at !== null ? Object.entries(at).find(([name]) => name === key)?.[1] : undefined,
      this.#root,
    )
    return { ...(typeof target === 'object' ? (target as JsonSchema) : {}), ...beside }
  }

  #fail(path: string, problem: string, value?: unknown): undefined {
    const given = value === undefined ? '' : `, not ${quote(value)}`
    this.#issues.push(`${path || 'the arguments'}: ${problem}${given}`)
    return undefined
  }
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}

/** A text that is the same for equal JSON, whatever the order of the keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
