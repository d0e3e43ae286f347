import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4Prompt,
} from '@ai-sdk/provider'
import type { Emit } from '../event.ts'
import type { ChatContext } from '../ports/chat-context.ts'
import type { LlmConfig, ModelPrice, ModelSource, ToolChoice } from '../ports/model.ts'
import type { JsonSchema, ToolSpec } from '../ports/tool.ts'
import { AnswerReader, type AnswerPart, type ModelAnswer } from './answer-reader.ts'
import { modelErrorFrom } from './model-failure.ts'
import { resolveModel } from './resolve-model.ts'
import { isPromise } from '../util/is-promise.ts'
import { providerCall } from './provider-call.ts'
import type { PartReader } from './model-call.ts'
import { watchedCall } from './watched-call.ts'
import type { AskForSummary } from './window/compaction.ts'
import { fitToWindow, type PromptSource } from './window/fit-to-window.ts'

/** What is asked of a model, and on whose behalf. */
export interface ModelRequest {
  readonly agent: string
  /** Told to the model's middleware in `providerOptions.conversable`. */
  readonly purpose: 'reply' | 'summary' | 'output' | 'select-speaker' | 'prepare-response' | 'compaction'
  readonly prompt: LanguageModelV4Prompt
  readonly tools?: readonly ToolSpec[]
  /** Asks for JSON of a schema. */
  readonly schema?: { readonly name: string; readonly json: JsonSchema }
  /** The key of the step that this request is. */
  readonly step: string
  /** What the prompt shows; for a context window. */
  readonly source?: PromptSource
  /** The message that is being written: each piece of text, reasoning and each call is emitted while it comes. */
  readonly messageId?: string
}

type AskContext = Pick<ChatContext, 'cancellation' | 'runtime' | 'usage' | 'emit'>

/**
 * Asks a model, as one step, and counts what it used. A request that is too large for the context window of `config` is
 * cut down first.
 *
 * @throws ModelError when it cannot be reached, refuses the request, stalls, or breaks its protocol.
 */
export async function askModel(config: LlmConfig, asked: ModelRequest, context: AskContext): Promise<ModelAnswer> {
  const request = config.contextWindow ? await cutDown(config, asked, context) : asked
  const { cancellation, runtime } = context
  const ask = (emit: Emit): Promise<ModelAnswer> => {
    const model = resolveModel(config.model)
    const place = { config, cancellation, emit }
    return isPromise(model)
      ? model.then((resolved) => readAnswer(resolved, request, place))
      : readAnswer(model, request, place)
  }
  const input = (): unknown => ({ model: nameOf(config.model), ...callOptions(config, request) })
  const answer = await runtime.step(request.step, ask, { agent: request.agent, input, emit: context.emit })
  context.usage.add(request.agent, answer.model, { ...answer.usage, costUsd: costOf(answer.usage, config.price) })
  return answer
}

function cutDown(config: LlmConfig, request: ModelRequest, context: AskContext): Promise<ModelRequest> {
  const ask: AskForSummary = (model, compaction) => askModel(model, compaction, context)
  return fitToWindow(config, request, { emit: (event) => context.emit(event), ask })
}

async function readAnswer(
  model: LanguageModelV4,
  request: ModelRequest,
  { config, cancellation, emit }: Pick<ChatContext, 'cancellation' | 'emit'> & { readonly config: LlmConfig },
): Promise<ModelAnswer> {
  const modelId = nameOf(model)
  const { messageId } = request
  const onPart = messageId === undefined ? undefined : (part: AnswerPart) => emit({ ...part, messageId })
  const reader = new AnswerReader(modelId, onPart)
  const call = watchedCall(providerCall(model, config), { modelId, cancellation, deadlines: config })
  let parts: PartReader | undefined
  try {
    parts = await call(callOptions(config, request))
    for (;;) {
      const { done, value } = await parts.read()
      if (done) break
      reader.take(value)
    }
    parts.close()
    if (parts.cutOff) throw parts.cutOff.reason
    return reader.answer()
  } catch (error) {
    parts?.cancel(error)
    // The caller's own reason goes through as it is.
    cancellation.signal.throwIfAborted()
    throw modelErrorFrom(parts?.cutOff ? parts.cutOff.reason : error, modelId, reader.partialText)
  }
}

/** `provider/model`, as it is told in errors and counts. */
function nameOf(model: ModelSource): string {
  return typeof model === 'string' ? model : `${model.provider}/${model.modelId}`
}

/** Assigned one by one: a spread for each setting takes longer than all else here. */
function callOptions(config: LlmConfig, request: ModelRequest): LanguageModelV4CallOptions {
  const { temperature, topP, maxOutputTokens, stopSequences, seed } = config
  const { agent, purpose, prompt, tools, schema } = request
  const providerOptions = { ...config.providerOptions, conversable: { agent, purpose } }
  const options: LanguageModelV4CallOptions = { prompt, providerOptions }
  if (tools && tools.length > 0) {
    options.tools = tools.map(functionTool)
    if (config.toolChoice !== undefined) options.toolChoice = choiceOf(config.toolChoice)
  }
  if (schema) options.responseFormat = { type: 'json', name: schema.name, schema: schema.json }
  if (temperature !== undefined) options.temperature = temperature
  if (topP !== undefined) options.topP = topP
  if (maxOutputTokens !== undefined) options.maxOutputTokens = maxOutputTokens
  if (stopSequences !== undefined) options.stopSequences = [...stopSequences]
  if (seed !== undefined) options.seed = seed
  return options
}

function choiceOf(choice: ToolChoice): NonNullable<LanguageModelV4CallOptions['toolChoice']> {
  return typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.tool }
}

function functionTool({ name, description, parameters }: ToolSpec): LanguageModelV4FunctionTool {
  return { type: 'function', name, description, inputSchema: parameters }
}

function costOf(usage: ModelAnswer['usage'], price: ModelPrice | undefined): number | undefined {
  const { inputTokens, outputTokens, cachedInputTokens = 0 } = usage
  if (!price || inputTokens === undefined || outputTokens === undefined) return undefined
  const { input, output, cachedInput = input } = price
  return ((inputTokens - cachedInputTokens) * input + cachedInputTokens * cachedInput + outputTokens * output) / 1e6
}
