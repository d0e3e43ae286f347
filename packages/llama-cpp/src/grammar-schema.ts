/** What a schema may say that the engine's grammars understand, beside the schemas inside it. */
const KEPT = Object.freeze([
  'type',
  'const',
  'enum',
  'description',
  'format',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
])

/** Formats for which there is a grammar. */
const FORMATS: readonly unknown[] = Object.freeze(['date-time', 'time', 'date'])

/**
 * A JSON Schema as the engine's grammars take it. What they cannot hold to, such as `pattern` and `minimum`, is left
 * out, so the answer still has to be checked; all properties are written, also those that may be left out.
 */
export function grammarSchema(schema: unknown): Record<string, unknown> {
  if (!isObject(schema)) return { type: ['string', 'number', 'boolean', 'null'] }
  const alternatives = schema['oneOf'] ?? schema['anyOf']
  if (Array.isArray(alternatives)) return { oneOf: alternatives.map(grammarSchema), ...definitionsOf(schema) }
  if (typeof schema['$ref'] === 'string') return { $ref: schema['$ref'].replace('#/definitions/', '#/$defs/') }
  return {
    ...Object.fromEntries(KEPT.flatMap((key) => (isKept(key, schema[key]) ? [[key, schema[key]]] : []))),
    ...(isObject(schema['properties']) && { properties: mapped(schema['properties']) }),
    ...(isObject(schema['items']) && { items: grammarSchema(schema['items']) }),
    ...(isObject(schema['additionalProperties']) && {
      additionalProperties: grammarSchema(schema['additionalProperties']),
    }),
    ...definitionsOf(schema),
  }
}

function isKept(key: string, value: unknown): boolean {
  return value !== undefined && (key !== 'format' || FORMATS.includes(value))
}

function definitionsOf(schema: Readonly<Record<string, unknown>>): { $defs?: Record<string, unknown> } {
  const definitions = schema['$defs'] ?? schema['definitions']
  return isObject(definitions) ? { $defs: mapped(definitions) } : {}
}

function mapped(schemas: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, grammarSchema(schema)]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
