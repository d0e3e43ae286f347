import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4Prompt } from '@ai-sdk/provider'
import type { ModelCall } from './model-call.ts'
import { withOrigin } from './origin.ts'
import { withOwnCalls } from './own-calls.ts'
import { promptRulesOf, type PromptRules } from './prompt-rules.ts'
import { callOf } from './streamed-call.ts'
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
  return (options, take, context) =>
    next(
      { ...options, prompt: legalPrompt(options, modelId, rules) },
      (part) => take(withOrigin(part, modelId), modelId),
      context,
    )
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
