import type { LanguageModelV4StreamPart, SharedV4ProviderMetadata, SharedV4ProviderOptions } from '@ai-sdk/provider'

/** A part of a prompt. */
interface PromptPart {
  readonly type: string
  readonly providerOptions?: SharedV4ProviderOptions
}

/**
 * Notes on a part of an answer which model it came from, in its metadata, which is stored with the message. Thoughts,
 * signatures and ids of items mean something to that model alone, and calls may have to come with its thoughts.
 */
export function withOrigin(part: LanguageModelV4StreamPart, modelId: string): LanguageModelV4StreamPart {
  switch (part.type) {
    case 'reasoning-start':
    case 'tool-call':
      return { ...part, providerMetadata: noted(part.providerMetadata, modelId) }
    case 'text-start':
    case 'text-delta':
    case 'text-end':
    case 'reasoning-delta':
    case 'reasoning-end':
      return part.providerMetadata ? { ...part, providerMetadata: noted(part.providerMetadata, modelId) } : part
    default:
      return part
  }
}

function noted(metadata: SharedV4ProviderMetadata | undefined, model: string): SharedV4ProviderMetadata {
  return { ...metadata, conversable: { model } }
}

/** Whether a part is something that a model thought. */
export function isThought({ type }: PromptPart): boolean {
  return type === 'reasoning' || type === 'reasoning-file'
}

/** Whether a part is known to come from another model. */
export function isOfAnother(part: PromptPart, modelId: string): boolean {
  const origin = part.providerOptions?.['conversable']?.['model']
  return origin !== undefined && origin !== modelId
}

/**
 * A part as a model may see it: nothing of thoughts that are not known to be its own, and no metadata of another
 * model's.
 */
export function ownPart<Part extends PromptPart>(part: Part, modelId: string): Part[] {
  if (isThought(part)) return part.providerOptions?.['conversable']?.['model'] === modelId ? [part] : []
  if (!isOfAnother(part, modelId)) return [part]
  const { providerOptions: _ofAnother, ...rest } = part
  // Only a field that may be absent was taken away.
  return [rest as Part]
}
