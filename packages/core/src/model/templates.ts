import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { CARRYOVER_START } from '../carryover.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Message, SlotValues } from '../message.ts'
import { quote } from '../util/quote.ts'

/** A name in single braces; what stands in two is left alone, and so is what is no name. */
const SLOT = /(?<!\{)\{([A-Za-z_]\w*)\}(?!\})/g

/**
 * A prompt whose slots are filled with the values that the messages so far have in their `context`; of two values of
 * one name the later one counts. Braces with any other name in them stay as they are, except in a message that has a
 * context itself: that is a template, and must have a value for each of its slots.
 *
 * @throws ConfigurationError `missing-slot`.
 */
export function filledPrompt(prompt: LanguageModelV4Prompt, messages: readonly Message[]): LanguageModelV4Prompt {
  const values = new Map<string, SlotValues[string]>()
  for (const message of messages) {
    const { context } = message
    if (!context) continue
    for (const [name, value] of Object.entries(context)) values.set(name, value)
    assertNoneMissing(message, values)
  }
  return values.size === 0 ? prompt : prompt.map((entry) => filledEntry(entry, values))
}

function assertNoneMissing(message: Message, values: ReadonlyMap<string, unknown>): void {
  const { id, name, content } = message
  const texts = typeof content === 'string' ? [content] : content.map((part) => (part.type === 'text' ? part.text : ''))
  // What came from other chats is no part of the template.
  const written = texts.map((text) => text.split(CARRYOVER_START)[0] ?? '')
  for (const [slot, key = ''] of written.flatMap((text) => [...text.matchAll(SLOT)])) {
    if (values.has(key)) continue
    throw new ConfigurationError(
      'missing-slot',
      `The message ${quote(id)} of ${quote(name)} has the slot ${slot}, for which its context has no value: it has ` +
        `${[...values.keys()].join(', ') || 'none at all'}. Add one to the context, or write {${slot}} for braces that are meant.`,
    )
  }
}

function filledEntry(
  entry: LanguageModelV4Message,
  values: ReadonlyMap<string, SlotValues[string]>,
): LanguageModelV4Message {
  const fill = (text: string): string =>
    text.replace(SLOT, (slot, name: string) => (values.has(name) ? String(values.get(name)) : slot))
  // What stays as it is stays the same object: nobody needs to look at it again.
  if (!textsOf(entry).some((text) => fill(text) !== text)) return entry
  switch (entry.role) {
    case 'system':
      return { ...entry, content: fill(entry.content) }
    case 'user':
      return {
        ...entry,
        content: entry.content.map((part) => (part.type === 'text' ? { ...part, text: fill(part.text) } : part)),
      }
    case 'assistant':
      return {
        ...entry,
        content: entry.content.map((part) => (part.type === 'text' ? { ...part, text: fill(part.text) } : part)),
      }
    case 'tool':
      return entry
  }
}

function textsOf({ content }: LanguageModelV4Message): readonly string[] {
  if (typeof content === 'string') return [content]
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : []))
}
