import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { checkCount, checkOptions } from '../check-options.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { OutputError } from '../errors/output-error.ts'
import type { ChatContext } from '../ports/chat-context.ts'
import type { LlmConfig, ModelAnswer } from '../ports/model.ts'
import type { CheckedArguments, JsonSchema } from '../ports/tool.ts'
import { readSchema, type Schema } from '../tools/schema.ts'
import { quote } from '../util/quote.ts'
import { askModel, type ModelRequest } from './model-client.ts'
import { jsonObjectIn } from './json-in-text.ts'
import { offersStructuredOutput } from './structured-output.ts'
import { strictSchema } from './strict-schema.ts'

/** A result of a schema that a model is asked for. */
export interface OutputOptions<Output = unknown> {
  /** A schema of an object: zod 4, ArkType, Valibot, any Standard Schema that gives JSON Schema; or plain JSON Schema. */
  readonly schema: Schema<Output> | JsonSchema
  /** JSON Schema for a model to see, where `schema` cannot give one (zod 3). It must allow what that allows. */
  readonly jsonSchema?: JsonSchema
  /** How often a model is asked again, with what is wrong, after an answer that does not fit. Default 2. */
  readonly maxRepairs?: number
  /**
   * Whether the provider is asked for JSON of the schema: `auto` if it is known to support that, `always`, or `never`.
   * A model that is not asked so is told by `instruction`. Default `auto`.
   */
  readonly structuredOutput?: 'auto' | 'always' | 'never'
  /** What a model is told that is not asked by its provider's own means; `{schema}` is filled in. */
  readonly instruction?: string
  /** What a model is told after an answer that does not fit; `{problems}` is filled in. */
  readonly repairInstruction?: string
}

/** Tells a model which form its answer must have; unless `instruction` says otherwise. */
export const OUTPUT_INSTRUCTION =
  'Answer with one JSON object that fits this JSON Schema, and with nothing else:\n{schema}'

/** Asks a model for another answer; unless `repairInstruction` says otherwise. */
export const OUTPUT_REPAIR =
  'Your answer does not fit:\n{problems}\nAnswer again, with the whole JSON object and nothing else.'

/** Options of an output that were checked, with all defaults. */
export interface OutputForm {
  readonly json: JsonSchema
  readonly maxRepairs: number
  readonly structuredOutput: 'auto' | 'always' | 'never'
  readonly instruction: string
  readonly repairInstruction: string
  check(value: unknown): CheckedArguments | Promise<CheckedArguments>
}

const OPTIONS = Object.freeze([
  'schema',
  'jsonSchema',
  'maxRepairs',
  'structuredOutput',
  'instruction',
  'repairInstruction',
])

/**
 * Reads the options of an output.
 *
 * @param owner - Whose output it is: `agent "coder"`.
 * @throws ConfigurationError `invalid-output` for a schema that is none of an object, and of other options.
 */
export function readOutput(options: OutputOptions, owner: string, further: readonly string[] = []): OutputForm {
  const subject = `the output of ${owner}`
  checkOptions(subject, options, [...OPTIONS, ...further])
  const {
    maxRepairs = 2,
    structuredOutput = 'auto',
    instruction = OUTPUT_INSTRUCTION,
    repairInstruction = OUTPUT_REPAIR,
  } = options
  checkCount(subject, 'maxRepairs', { value: maxRepairs })
  if (!['auto', 'always', 'never'].includes(structuredOutput)) {
    throw new ConfigurationError(
      'invalid-option',
      `T${subject.slice(1)} has ${quote(structuredOutput)} as structuredOutput. It is one of auto, always, never.`,
    )
  }
  const schema = readSchema(options.schema, {
    subject: `The fields of ${subject}`,
    code: 'invalid-output',
    json: options.jsonSchema,
  })
  return { ...schema, maxRepairs, structuredOutput, instruction, repairInstruction }
}

/** An answer that fits: the value, and the JSON text that it was read from. */
export interface FittingAnswer {
  readonly value: unknown
  readonly text: string
  readonly issues?: undefined
}

/** Reads the value out of a model's text, or says what is wrong with it. */
export async function readAnswerText(
  text: string,
  output: OutputForm,
): Promise<FittingAnswer | { readonly issues: readonly string[] }> {
  const found = jsonObjectIn(text)
  if (!found) return { issues: ['The answer is no JSON object.'] }
  const checked = await output.check(found.value)
  return checked.issues ? checked : { value: checked.value, text: found.text }
}

/**
 * Asks a model for an answer that fits, and again with what is wrong if it does not. An answer that calls tools is
 * given as it is, without a value: their results come first. No pieces of answers are emitted.
 *
 * @throws OutputError when the last answer does not fit either, and what `askModel` throws.
 */
export async function askForOutput(
  config: LlmConfig,
  request: ModelRequest,
  { output, context }: { readonly output: OutputForm; readonly context: ChatContext },
): Promise<{ readonly answer: ModelAnswer; readonly fitting?: FittingAnswer }> {
  // Pieces of an answer that may be rejected are not told.
  const { messageId: _messageId, ...quiet } = request
  let asked = shaped(config, quiet, output)
  for (let requests = 1; ; requests++) {
    const answer = await askModel(config, asked, context)
    if (answer.toolCalls.length > 0) return { answer }
    const text = answer.text ?? ''
    const fitting = await readAnswerText(text, output)
    if (!fitting.issues) return { answer, fitting }
    context.emit({ type: 'output-reject', agent: request.agent, text, problems: fitting.issues })
    if (requests > output.maxRepairs) throw new OutputError(request.agent, { text, problems: fitting.issues, requests })
    const problems = fitting.issues.map((issue) => `- ${issue}`).join('\n')
    const repair = output.repairInstruction.replaceAll('{problems}', () => problems)
    asked = repeated(asked, `${request.step}.repair.${requests}`, rejection(text, repair))
  }
}

/** The request with the schema: for the provider, or in words at the end of the system message. */
function shaped(config: LlmConfig, request: ModelRequest, output: OutputForm): ModelRequest {
  if (offersStructuredOutput(config, output.structuredOutput))
    return { ...request, schema: { name: 'output', json: strictSchema(output.json) } }
  const instruction = output.instruction.replaceAll('{schema}', () => JSON.stringify(output.json))
  const [first, ...rest] = request.prompt
  if (first?.role !== 'system')
    return { ...request, prompt: [{ role: 'system', content: instruction }, ...request.prompt] }
  const content = first.content === '' ? instruction : `${first.content}\n\n${instruction}`
  return { ...request, prompt: [{ ...first, content }, ...rest] }
}

/** The request once more, with more behind it. For a context window that is a question, and no part of the transcript. */
function repeated(request: ModelRequest, step: string, behind: LanguageModelV4Prompt): ModelRequest {
  const { source } = request
  const prompt = [...request.prompt, ...behind]
  if (!source) return { ...request, step, prompt }
  return { ...request, step, prompt, source: { ...source, closing: (source.closing ?? 0) + behind.length } }
}

function rejection(answer: string, repair: string): LanguageModelV4Prompt {
  const question = { role: 'user' as const, content: [{ type: 'text' as const, text: repair }] }
  // Providers refuse an empty message.
  return answer === '' ? [question] : [{ role: 'assistant', content: [{ type: 'text', text: answer }] }, question]
}
