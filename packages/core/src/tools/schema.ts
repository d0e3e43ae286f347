import { ConfigurationError } from '../errors/configuration-error.ts'
import type { CheckedArguments, JsonSchema } from '../ports/tool.ts'
import { isPromise } from '../util/is-promise.ts'
import { quote } from '../util/quote.ts'
import { checkJson } from './check-json.ts'

/**
 * A schema of any library that follows Standard Schema: zod 4, ArkType, Valibot (wrapped by `toStandardJsonSchema` of
 * `@valibot/to-json-schema`) and others. `Output` is the type of a checked value.
 *
 * @see https://standardschema.dev
 */
export interface Schema<Output> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly jsonSchema?:
      | { readonly input: (options: { readonly target: 'draft-07' }) => Record<string, unknown> }
      | undefined
    readonly types?: { readonly output: Output } | undefined
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What a model is shown of a schema, and the check that belongs to it. */
export interface ReadSchema {
  readonly json: JsonSchema
  check(value: unknown): CheckedArguments | Promise<CheckedArguments>
}

/** What a schema is for, in errors. */
export interface SchemaUse {
  /** In the plural: `The parameters of tool "add"`. */
  readonly subject: string
  readonly code: 'invalid-tool' | 'invalid-output'
  /** The JSON Schema of a schema that cannot give one itself. */
  readonly json?: JsonSchema | undefined
}

/**
 * Reads a schema of a library, or a plain JSON Schema.
 *
 * @throws ConfigurationError `use.code` when there is no JSON Schema of an object to show to a model.
 */
export function readSchema(schema: unknown, use: SchemaUse): ReadSchema {
  if (isStandard(schema)) {
    const shown = shownSchema(use.json ?? jsonSchemaOf(schema, use), use)
    return { json: shown, check: (value) => checkStandard(schema, withoutNulls(value, shown)) }
  }
  const shown = shownSchema(use.json ?? schema, use)
  return { json: shown, check: (value) => checkJson(withoutNulls(value, shown), shown) }
}

function jsonSchemaOf(schema: Schema<unknown>, { subject, code }: SchemaUse): Record<string, unknown> {
  const { vendor, jsonSchema } = schema['~standard']
  if (!jsonSchema) {
    const advice =
      vendor === 'valibot'
        ? "Wrap it: toStandardJsonSchema(schema), of the package '@valibot/to-json-schema'."
        : vendor === 'zod'
          ? 'Use zod 4.2 or later, or give a jsonSchema of your own.'
          : 'Give a jsonSchema of your own beside it.'
    throw new ConfigurationError(code, `${subject} are a ${vendor} schema that cannot give JSON Schema. ${advice}`)
  }
  try {
    return jsonSchema.input({ target: 'draft-07' })
  } catch (error) {
    const problem = error instanceof Error ? error.message : quote(error)
    throw new ConfigurationError(
      code,
      `${subject} cannot be written as JSON Schema: ${problem} ` +
        'Use types that JSON has: texts, numbers, booleans, lists and objects.',
      { cause: error },
    )
  }
}

function shownSchema(json: unknown, { subject, code }: SchemaUse): JsonSchema {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ConfigurationError(
      code,
      `${subject} are ${quote(json)}. Give a schema of an object: z.object({…}), or JSON Schema.`,
    )
  }
  const { $schema: _$schema, ...shown } = json as Record<string, unknown>
  if (shown['type'] === 'object') return tidied(shown) as JsonSchema
  throw new ConfigurationError(
    code,
    `${subject} are of type ${quote(shown['type'])}. A model gives them as an object of named values: use z.object({…}), ` +
      'or JSON Schema with "type": "object".',
  )
}

/** Leaves out the bounds that zod writes for every integer; they only cost tokens. */
function tidied(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(tidied)
  if (typeof schema !== 'object' || schema === null) return schema
  const kept = Object.entries(schema).filter(
    ([key, value]) =>
      !((key === 'minimum' || key === 'maximum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER),
  )
  return Object.fromEntries(kept.map(([key, value]) => [key, tidied(value)]))
}

/** Models in strict mode write null for an optional argument that they leave out. */
function withoutNulls(value: unknown, schema: JsonSchema): unknown {
  return holdsNull(value) ? withoutOptionalNulls(value, schema) : value
}

function holdsNull(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === null
  return Object.values(value).some(holdsNull)
}

function withoutOptionalNulls(value: unknown, schema: JsonSchema): unknown {
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>> | undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !properties) return value
  const required = (schema['required'] ?? []) as readonly string[]
  const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (!property) return [[key, inner]]
    if (inner === null && !required.includes(key) && checkJson(null, property).issues) return []
    return [[key, withoutOptionalNulls(inner, property)]]
  })
  return Object.fromEntries(kept)
}

/** Waits only for schemas that wait themselves. */
function checkStandard(schema: Schema<unknown>, value: unknown): CheckedArguments | Promise<CheckedArguments> {
  const result = schema['~standard'].validate(value)
  return isPromise(result) ? Promise.resolve(result).then(checkedFrom) : checkedFrom(result)
}

function checkedFrom(result: SchemaResult<unknown>): CheckedArguments {
  return result.issues ? { issues: result.issues.map(issueText) } : { value: result.value }
}

function issueText({ message, path = [] }: SchemaIssue): string {
  const keys = path.map((key) => String(typeof key === 'object' ? key.key : key))
  return keys.length > 0 ? `${keys.join('.')}: ${message}` : message
}

function isStandard(schema: unknown): schema is Schema<unknown> {
  const isObject = (typeof schema === 'object' && schema !== null) || typeof schema === 'function'
  return isObject && '~standard' in schema
}
