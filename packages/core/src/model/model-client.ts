import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool, LanguageModelV4Prompt } from '@ai-sdk/provider'
import type { Emit } from '../event.ts'
import type { ChatContext } from '../ports/chat-context.ts'
import type { LlmConfig, ModelAnswer, ToolChoice } from '../ports/model.ts'
import type { JsonSchema, ToolSpec } from '../ports/tool.ts'
import type { UsageMeter } from '../usage.ts'
import { AnswerReader } from './answer-reader.ts'
import { AttemptLog } from './attempt-log.ts'
import { withSettings } from './call-settings.ts'
import { configuredCall } from './configured-call.ts'
import { modelsOf, priceOf } from './entries.ts'
import type { ModelCall, TakePart } from './model-call.ts'
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

/** The models of a configuration, ready to be asked. Whoever asks often keeps it: what is around a call is put up once. */
export class ModelClient {
  readonly #config: LlmConfig
  readonly #call: ModelCall
  /** `provider/model`, of each that may answer. */
  readonly #names: string

  constructor(config: LlmConfig) {
    this.#config = config
    this.#call = configuredCall(config)
    this.#names = modelsOf(config.model).map(modelIdOf).join(', ')
  }

  /**
   * Asks, as one step, and counts what was used. A request that is too large for the context window of the
   * configuration is cut down first.
   *
   * @throws ModelError when the model cannot be reached, refuses the request, stalls, or breaks its protocol;
   *   BudgetError when the budget of the run does not pay for it.
   */
  ask(request: ModelRequest, context: AskContext): Promise<ModelAnswer> {
    if (!this.#config.contextWindow) return this.#step(request, context)
    return cutDown(this.#config, request, context).then((fitting) => this.#step(fitting, context))
  }

  #step(request: ModelRequest, context: AskContext): Promise<ModelAnswer> {
    const { runtime, usage, budget } = context
    const { agent } = request
    let isReplayed = true
    const ask = (emit: Emit): Promise<ModelAnswer> => {
      isReplayed = false
      return this.#answerTo(request, context, emit)
    }
    // A runtime that answers from its notes tells what happened then: so what was used is counted there, too.
    const emit: Emit = (event, at) => {
      if (event.type === 'model-end') {
        if (event.problem !== undefined) usage.addFailure(agent, event.model, event.isBrokenOff === true)
        if (isReplayed) budget?.count(event.usage ? spentOn(event.usage) : {})
      }
      context.emit(event, at)
    }
    const input = (): unknown => ({ model: this.#names, ...callOptions(this.#config, request) })
    const step = runtime.step(request.step, ask, { agent, input, emit })
    // Asked at once, as mostly: what comes of it is counted there.
    if (!isReplayed) return step
    return step.then(
      (answer) => {
        if (isReplayed) count(answer, agent, usage)
        return answer
      },
      (error: unknown) => {
        budget?.useUp(error)
        throw error
      },
    )
  }

  async #answerTo(request: ModelRequest, context: AskContext, emit: Emit): Promise<ModelAnswer> {
    const { messageId } = request
    const { cancellation, prices, budget, usage, runtime: outside } = context
    const runtime = outside.inside ?? outside
    const attempts = new AttemptLog(request, { runtime, prices, budget, emit })
    const reader = new AnswerReader(this.#names, messageId === undefined ? undefined : { emit, messageId })
    const take: TakePart = (part, modelId) => reader.take(part, modelId)
    try {
      const options = callOptions(this.#config, request)
      const notes = await this.#call(options, take, { cancellation, runtime, emit, attempts })
      const price = notes?.cached ? await priceOf(this.#config, reader.modelId, prices) : attempts.price
      const read = reader.answer(price)
      attempts.answered(read)
      const answer = notes ? { ...read, ...notes } : read
      count(answer, request.agent, usage)
      return answer
    } catch (error) {
      attempts.failed(error)
      const { aborted, reason } = cancellation.signal
      // The caller's own reason goes through as it is.
      const failure: unknown = aborted ? reason : modelErrorFrom(error, reader.modelId, reader.partialText)
      budget?.useUp(failure)
      throw failure
    }
  }
}

function count(answer: ModelAnswer, agent: string, usage: UsageMeter): void {
  answer.rejected?.forEach((rejected) => usage.add(agent, rejected))
  usage.add(agent, answer)
}

/** As `ask` of a {@link ModelClient} that nobody needs again. */
export function askModel(config: LlmConfig, request: ModelRequest, context: AskContext): Promise<ModelAnswer> {
  return new ModelClient(config).ask(request, context)
}

function cutDown(config: LlmConfig, request: ModelRequest, context: AskContext): Promise<ModelRequest> {
  const ask: AskForSummary = (model, compaction) => askModel(model, compaction, context)
  return fitToWindow(config, request, { emit: (event) => context.emit(event), ask })
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
