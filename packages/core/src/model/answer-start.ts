import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { assertFinished, unfinished } from './answer-end.ts'
import type { ModelCall, PartReader } from './model-call.ts'

/**
 * Asks, and reads on until the model has said something: what fails before that fails here, where nobody has seen
 * anything of the answer, and another try does no harm. The reader holds what was read.
 *
 * @param orElse - Gives another answer in place of one that failed. By default the failure is thrown.
 */
export async function startOf(
  call: ModelCall,
  options: LanguageModelV4CallOptions,
  orElse: (error: unknown) => Promise<PartReader> = rethrown,
): Promise<PartReader> {
  let parts: PartReader | undefined
  try {
    parts = await call(options)
    if (parts.held) return parts
    const held: LanguageModelV4StreamPart[] = []
    for (;;) {
      const { done, value: part } = await parts.read()
      if (done) throw unfinished(parts.modelId, { isEmpty: true })
      if (part.type === 'error') throw part.error
      if (part.type === 'finish') assertFinished(part, parts.modelId, { isEmpty: true })
      held.push(part)
      if (!saysSomething(part)) continue
      parts.held = held
      return parts
    }
  } catch (error) {
    parts?.cancel(error)
    return orElse(parts?.cutOff ? parts.cutOff.reason : error)
  }
}

async function rethrown(error: unknown): Promise<never> {
  throw error
}

/** Whether a part can be seen by whoever reads the answer, or ends it. */
function saysSomething(part: LanguageModelV4StreamPart): boolean {
  switch (part.type) {
    case 'text-delta':
    case 'reasoning-delta':
      return part.delta !== ''
    case 'stream-start':
    case 'response-metadata':
    case 'text-start':
    case 'text-end':
    case 'reasoning-start':
    case 'reasoning-end':
    case 'custom':
    case 'ping':
    case 'raw':
    case 'error':
      return false
    default:
      return true
  }
}
