import type { JsonSchema } from '../ports/tool.ts'

/**
 * A schema as providers want it that bind a model to it: every object names all of its properties, allows no others,
 * and requires each; what was optional may be `null` instead. Whoever checks the answer takes such a `null` for absent.
 */
export function strictSchema(schema: JsonSchema): JsonSchema {
  // An object comes back as an object.
  return strict(schema) as JsonSchema
}

function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  const { properties, ...rest } = schema as Record<string, unknown>
  const kept = Object.fromEntries(
    Object.entries(rest).map(([keyword, value]) => [keyword, isLiteral(keyword) ? value : strict(value)]),
  )
  if (typeof properties !== 'object' || properties === null) return kept
  const required = new Set(Array.isArray(rest['required']) ? (rest['required'] as unknown[]) : [])
  const entries = Object.entries(properties).map(([name, property]): [string, unknown] => [
    name,
    required.has(name) ? strict(property) : orNull(strict(property)),
  ])
  return {
    ...kept,
    properties: Object.fromEntries(entries),
    required: entries.map(([name]) => name),
    additionalProperties: false,
  }
}

/** Keywords whose value is data, and no schema. */
function isLiteral(keyword: string): boolean {
  return (
    keyword === 'enum' ||
    keyword === 'const' ||
    keyword === 'default' ||
    keyword === 'examples' ||
    keyword === 'required'
  )
}

function orNull(schema: unknown): unknown {
  return { anyOf: [schema, { type: 'null' }] }
}
