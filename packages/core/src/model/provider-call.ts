import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { ToolCalls } from '../ports/model.ts'
import { legalCall } from './legal-call.ts'
import type { ModelCall } from './model-call.ts'
import { textToolsCall } from './text-tools.ts'

/** How a provider is asked. */
export interface ProviderCallOptions {
  readonly toolCalls?: ToolCalls | undefined
  /** Asks with what was made of a request. Default: the model as it stands. */
  readonly call?: ModelCall | undefined
}

/** A model as an agent asks it: with prompts that its provider takes, and tools in words where it has no others. */
export function providerCall(
  model: LanguageModelV4,
  modelId: string,
  { toolCalls = 'auto', call }: ProviderCallOptions = {},
): ModelCall {
  const next = legalCall(model, modelId, call)
  return toolCalls === 'native' ? next : textToolsCall(next, toolCalls)
}
