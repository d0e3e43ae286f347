import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { contextOutsideRuns, type CallContext } from '../packages/core/src/model/call-context.ts'
import type { ModelCall } from '../packages/core/src/model/model-call.ts'

/** Makes a call, outside of any run unless a context is given; gives the parts that it handed over. */
export async function partsOfCall(
  call: ModelCall,
  options: LanguageModelV4CallOptions,
  context: CallContext = contextOutsideRuns(),
): Promise<LanguageModelV4StreamPart[]> {
  const parts: LanguageModelV4StreamPart[] = []
  await call(options, (part) => void parts.push(part), context)
  return parts
}
