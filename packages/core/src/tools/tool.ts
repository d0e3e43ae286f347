import { ConfigurationError } from '../errors/configuration-error.ts'
import type { JsonSchema, Tool, ToolContext } from '../ports/tool.ts'
import { checkOptions } from '../check-options.ts'
import { quote } from '../util/quote.ts'
import { readSchema, type Schema } from './schema.ts'
import { assertToolName } from './tool-name.ts'

/** What a tool may give back: a text as it is, anything else as JSON, nothing as `null`. */
export type ToolOutput = string | number | boolean | object | null | undefined | void

/** What a tool is made of. */
export interface ToolOptions<Input> {
  /** 1 to 64 letters, digits, `_` and `-`. */
  readonly name: string
  /** Tells the model what the tool does and when to use it. */
  readonly description: string
  /** A schema of an object: zod 4, ArkType, Valibot, any Standard Schema that gives JSON Schema; or plain JSON Schema. */
  readonly parameters: Schema<Input> | JsonSchema
  /** JSON Schema for a model to see, where `parameters` cannot give one (zod 3). It must allow what they allow. */
  readonly jsonSchema?: JsonSchema
  /** Whether the tool takes steps of its own, such as chats, instead of being one step. Default `false`. */
  readonly ownSteps?: boolean
  /** Whether the chat ends once the tool has run and its result was sent; not if it failed. Default `false`. */
  readonly endsChat?: boolean
  /** Whether calling it again and again with the same arguments is in order, as for a status. Default `false`. */
  readonly pollable?: boolean
  /** Runs the tool. What it throws goes to the model as `Error: <message>`. */
  readonly execute: (args: Input, context: ToolContext) => ToolOutput | Promise<ToolOutput>
}

/**
 * Makes a tool; the type of `args` is inferred from the schema.
 *
 * @throws ConfigurationError `invalid-tool` for a name that models refuse, a missing description, or parameters that
 *   are no schema of an object.
 */
export function tool<Input = Readonly<Record<string, unknown>>>(options: ToolOptions<Input>): Tool {
  const {
    name,
    description,
    parameters,
    jsonSchema,
    ownSteps = false,
    endsChat = false,
    pollable = false,
    execute,
  } = options
  assertToolName(name)
  const owner = `tool ${quote(name)}`
  checkOptions(owner, options, [
    'name',
    'description',
    'parameters',
    'jsonSchema',
    'ownSteps',
    'endsChat',
    'pollable',
    'execute',
  ])
  if (typeof description !== 'string' || description.trim() === '') {
    throw new ConfigurationError(
      'invalid-tool',
      `The ${owner} has the description ${quote(description)}. Say in a sentence what it does: a model chooses by it.`,
    )
  }
  if (typeof execute !== 'function') {
    throw new ConfigurationError('invalid-tool', `The ${owner} has ${quote(execute)} as execute. Give it a function.`)
  }
  const schema = readSchema(parameters, {
    subject: `The parameters of ${owner}`,
    code: 'invalid-tool',
    json: jsonSchema,
  })
  return {
    name,
    description,
    parameters: schema.json,
    ownSteps,
    endsChat,
    pollable,
    check: (args) => schema.check(args),
    // Called with what `check` gave: a value of the schema's type.
    execute: (args, context) => execute(args as Input, context),
  }
}
