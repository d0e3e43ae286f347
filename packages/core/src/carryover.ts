import { ConfigurationError } from './errors/configuration-error.ts'
import { textOf, type MessageInput } from './message.ts'
import { quote } from './util/quote.ts'

/** What a chat takes from those before it: a text, or a list of texts, messages or other JSON. */
export type Carryover = string | readonly unknown[]

/** What stands in front of a carryover, behind the text of its message. */
export const CARRYOVER_START = '\nContext: \n'

/**
 * The items of a carryover as texts; of a message its content is taken.
 *
 * @throws ConfigurationError `invalid-carryover` for anything but a text or a list.
 */
export function carryoverItems(carryover: unknown): string[] {
  if (carryover === undefined || carryover === null || carryover === '') return []
  if (typeof carryover === 'string') return [carryover]
  if (Array.isArray(carryover)) return carryover.map(itemText)
  throw new ConfigurationError(
    'invalid-carryover',
    `The carryover ${quote(carryover)} is neither a text nor a list. Wrap it in a list, as in [${quote(carryover)}].`,
  )
}

/**
 * A message with the carryover behind its text, under a line `Context: `. On a message of parts it becomes a text
 * part in front. The bytes are AutoGen's.
 */
export function withCarryover(message: MessageInput, items: readonly string[]): MessageInput {
  if (items.length === 0) return message
  const context = CARRYOVER_START + items.join('\n')
  if (typeof message === 'string') return message + context
  const { content } = message
  if (typeof content === 'string') return { ...message, content: content + context }
  if (content) return { ...message, content: [{ type: 'text', text: context }, ...content] }
  return message
}

function itemText(item: unknown): string {
  if (typeof item === 'string') return item
  if (typeof item !== 'object' || item === null) return String(item)
  const { content } = item as { readonly content?: unknown }
  if (typeof content === 'string') return content
  if (Array.isArray(content)) return textOf({ content })
  return JSON.stringify(item)
}
