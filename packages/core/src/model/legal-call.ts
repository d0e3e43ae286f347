import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { callOf, type ModelCall, type PartReader } from './model-call.ts'
import { withOrigin } from './origin.ts'
import { withOwnCalls } from './own-calls.ts'
import { PassingReader } from './passing-reader.ts'
import { promptRulesOf, type PromptRules } from './prompt-rules.ts'
import { inTurns } from './turns.ts'

/**
 * A model as a call whose prompts its provider takes: in the order of roles that it wants, with nothing empty, with calls
 * and thoughts of this model alone. What the model says notes that it came from it. Prompts for a provider that is not
 * known go as they are.
 *
 * What was sent before stays the beginning of what is sent later.
 */
export function legalCall(
  model: LanguageModelV4,
  modelId = `${model.provider}/${model.modelId}`,
  next: ModelCall = callOf(model, modelId),
): ModelCall {
  const rules = promptRulesOf(model.provider)
  if (!rules) return next
  return async (options) => new NotedReader(await next({ ...options, prompt: legalPrompt(options, modelId, rules) }))
}

/** A prompt that keeps the rules. */
function legalPrompt(options: LanguageModelV4CallOptions, modelId: string, rules: PromptRules): LanguageModelV4Prompt {
  const { prompt, tools = [] } = options
  const own = withOwnCalls(prompt, {
    modelId,
    callId: rules.callId,
    hasTools: tools.length > 0,
    callsNeedThoughts: rules.callsNeedThoughts(modelId, options),
  })
  return inTurns(own, rules)
}

/** Notes on the parts of an answer where they came from. */
class NotedReader extends PassingReader {
  override async read(): ReturnType<PartReader['read']> {
    const result = await this.parts.read()
    return result.done ? result : { done: false, value: withOrigin(result.value, this.modelId) }
  }
}
