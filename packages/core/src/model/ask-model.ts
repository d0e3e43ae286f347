import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool, LanguageModelV4Prompt } from '@ai-sdk/provider'
import type { Emit } from '../event.ts'
import type { ChatContext } from '../ports/chat-context.ts'
import type { LlmConfig, ModelAnswer, ToolChoice } from '../ports/model.ts'
import type { JsonSchema, ToolSpec } from '../ports/tool.ts'
import { AnswerReader, type AnswerPart } from './answer-reader.ts'
import { AttemptLog } from './attempt-log.ts'
import { withSettings } from './call-settings.ts'
import { configuredCall } from './configured-call.ts'
import { modelsOf, priceOf } from './entries.ts'
import type { PartReader } from './model-call.ts'
import { modelErrorFrom } from './model-failure.ts'
import { spentOn } from './reported-usage.ts'
import { modelIdOf } from './named-call.ts'
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

/** What a request needs of its place in a run. */
export type AskContext = Pick<ChatContext, 'budget' | 'cancellation' | 'emit' | 'prices' | 'runtime' | 'usage'>

/**
 * Asks a model, as one step, and counts what it used. A request that is too large for the context window of `config` is
 * cut down first.
 *
 * @throws ModelError when it cannot be reached, refuses the request, stalls, or breaks its protocol; BudgetError when
 *   the budget of the run does not pay for it.
 */
export async function askModel(config: LlmConfig, asked: ModelRequest, context: AskContext): Promise<ModelAnswer> {
  const request = config.contextWindow ? await cutDown(config, asked, context) : asked
  const { runtime, usage, budget } = context
  const { agent } = request
  let isReplayed = true
  const ask = (emit: Emit): Promise<ModelAnswer> => {
    isReplayed = false
    return readAnswer(config, request, { ...context, runtime: runtime.inside ?? runtime, emit })
  }
  // A runtime that answers from its notes tells what happened then: so what was used is counted there, too.
  const emit: Emit = (event, at) => {
    if (event.type === 'model-end') {
      if (event.problem !== undefined) usage.addFailure(agent, event.model, event.isBrokenOff === true)
      if (isReplayed) budget?.count(event.usage ? spentOn(event.usage) : {})
    }
    context.emit(event, at)
  }
  const input = (): unknown => ({ model: namesOf(config), ...callOptions(config, request) })
  try {
    const answer = await runtime.step(request.step, ask, { agent, input, emit })
    answer.rejected?.forEach((rejected) => usage.add(agent, rejected))
    usage.add(agent, answer)
    return answer
  } catch (error) {
    budget?.useUp(error)
    throw error
  }
}

function cutDown(config: LlmConfig, request: ModelRequest, context: AskContext): Promise<ModelRequest> {
  const ask: AskForSummary = (model, compaction) => askModel(model, compaction, context)
  return fitToWindow(config, request, { emit: (event) => context.emit(event), ask })
}

async function readAnswer(config: LlmConfig, request: ModelRequest, context: AskContext): Promise<ModelAnswer> {
  const { messageId } = request
  const { cancellation, runtime, emit } = context
  const onPart = messageId === undefined ? undefined : (part: AnswerPart) => emit({ ...part, messageId })
  const attempts = new AttemptLog(request, context)
  let parts: PartReader | undefined
  let reader: AnswerReader | undefined
  try {
    parts = await configuredCall(config, { cancellation, runtime, emit, attempts })(callOptions(config, request))
    reader = new AnswerReader(parts.modelId, onPart)
    if (parts.held) for (const part of parts.held) reader.take(part)
    for (;;) {
      const { done, value } = await parts.read()
      if (done) break
      reader.take(value)
    }
    parts.close()
    if (parts.cutOff) throw parts.cutOff.reason
    const { modelId, notes } = parts
    const answer = reader.answer(notes?.cached ? await priceOf(config, modelId, context.prices) : attempts.price)
    attempts.answered(answer)
    return notes ? { ...answer, ...notes } : answer
  } catch (error) {
    parts?.cancel(error)
    attempts.failed(error)
    // The caller's own reason goes through as it is.
    cancellation.signal.throwIfAborted()
    const modelId = parts?.modelId ?? namesOf(config)
    throw modelErrorFrom(parts?.cutOff ? parts.cutOff.reason : error, modelId, reader?.partialText)
  }
}

/** `provider/model`, of each that may answer. */
function namesOf(config: LlmConfig): string {
  return modelsOf(config.model).map(modelIdOf).join(', ')
}

function callOptions(config: LlmConfig, request: ModelRequest): LanguageModelV4CallOptions {
  const { agent, purpose, prompt, tools, schema } = request
  const options: LanguageModelV4CallOptions = { prompt, providerOptions: { conversable: { agent, purpose } } }
  if (tools && tools.length > 0) {
    options.tools = tools.map(functionTool)
    if (config.toolChoice !== undefined) options.toolChoice = choiceOf(config.toolChoice)
  }
  if (schema) options.responseFormat = { type: 'json', name: schema.name, schema: schema.json }
  return withSettings(options, config)
}

function choiceOf(choice: ToolChoice): NonNullable<LanguageModelV4CallOptions['toolChoice']> {
  return typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.tool }
}

function functionTool({ name, description, parameters }: ToolSpec): LanguageModelV4FunctionTool {
  return { type: 'function', name, description, inputSchema: parameters }
}
