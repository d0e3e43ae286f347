import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { ToolCalls } from '../ports/model.ts'
import { legalCall } from './legal-call.ts'
import type { ModelCall } from './model-call.ts'
import { textToolsCall } from './text-tools.ts'

/** A model as an agent asks it: with prompts that its provider takes, and tools in words where it has no others. */
export function providerCall(model: LanguageModelV4, modelId: string, toolCalls: ToolCalls = 'auto'): ModelCall {
  const next = legalCall(model, modelId)
  return toolCalls === 'native' ? next : textToolsCall(next, toolCalls)
}
