import { MessageError } from './errors/message-error.ts'
import { isSlotValue, type MessageDraft } from './message.ts'
import { quote } from './util/quote.ts'

/**
 * What is to be sent, as a draft.
 *
 * @throws MessageError when it has neither content nor calls nor results, or content that is neither text nor parts.
 */
export function draftOf(input: unknown, sender: string, recipient: string): MessageDraft {
  if (typeof input === 'string') return { content: input }
  const problem = problemOf(input)
  if (problem === undefined) return input as MessageDraft
  throw new MessageError(
    `Agent ${quote(sender)} was to send ${quote(input)} to ${quote(recipient)}: ${problem}. ` +
      'A message is a text, or an object with content (a text, or a list of parts), toolCalls or toolResults.',
  )
}

function problemOf(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return 'that is no message'
  const { content, toolCalls, toolResults, name, context }: { [key in keyof MessageDraft]: unknown } = input
  if (context !== undefined && !isSlotValues(context))
    return `its context ${quote(context)} is no object of texts, numbers and booleans`
  if (name !== undefined && typeof name !== 'string') return `its name ${quote(name)} is no text`
  if (Array.isArray(content)) return content.map(problemOfPart).find((problem) => problem !== undefined)
  if (typeof content === 'string') return undefined
  if (content !== undefined && content !== null) return `its content ${quote(content)} is neither text nor parts`
  const hasCalls = Array.isArray(toolCalls) || (Array.isArray(toolResults) && toolResults.length > 0)
  return hasCalls ? undefined : 'it has no content, no calls and no results'
}

function problemOfPart(part: unknown): string | undefined {
  const { type, text, url } = (part ?? {}) as {
    readonly type?: unknown
    readonly text?: unknown
    readonly url?: unknown
  }
  switch (type) {
    case 'text':
    case 'reasoning':
      return typeof text === 'string' ? undefined : `the text of its part ${quote(part)} is missing`
    case 'image':
    case 'file':
      return typeof url === 'string' && URL.canParse(url) ? undefined : `its part ${quote(part)} has no valid url`
    default:
      return `its part ${quote(part)} is of none of the types text, image, file and reasoning`
  }
}

function isSlotValues(context: unknown): boolean {
  if (typeof context !== 'object' || context === null || Array.isArray(context)) return false
  return Object.values(context).every(isSlotValue)
}
