import type { JsonSchema, Tool } from '../ports/tool.ts'
import { authorOf, isToolAnswer, isVisibleTo, textOf, type Message } from '../message.ts'
import { idOfText } from '../util/text-id.ts'
import { parseJson } from '../util/parse-json.ts'
import { quote } from '../util/quote.ts'
import { tool } from './tool.ts'

/** How {@link readShortened} reads. */
export interface ReadShortenedOptions {
  /** The most characters that one call reads. Default 4,000. */
  readonly maxCharacters?: number
}

/** The name of the tool; the mark in a shortened text speaks of it where it is offered. */
export const READ_SHORTENED = 'read_shortened'

/** Texts below this size are not shortened in any window that is of use, so nobody asks for them. */
const SHORTEST = 64

const PARAMETERS: JsonSchema = Object.freeze({
  type: 'object',
  properties: {
    id: { type: 'string', description: 'The id in the mark.' },
    offset: { type: 'integer', minimum: 0, default: 0, description: 'The first character to read, from 0.' },
    length: { type: 'integer', minimum: 1, description: 'How many characters to read.' },
  },
  required: ['id'],
  additionalProperties: false,
})

interface Range {
  readonly id: string
  readonly offset?: number
  readonly length?: number
}

/**
 * A tool that reads on where a context window shortened a text: the conversation still has the whole of it. Register it
 * for the agent that is to read, and for the one that runs its tools. It reads what the agent that asks may see, and
 * nothing else; what it reads becomes an answer in the chat, for all who see that.
 */
export function readShortened({ maxCharacters = 4_000 }: ReadShortenedOptions = {}): Tool {
  return tool<Range>({
    name: READ_SHORTENED,
    description:
      'Reads a part of a text that was shown with a mark that says how many characters were left out. ' +
      `Reads at most ${maxCharacters} characters at once.`,
    parameters: PARAMETERS,
    execute({ id, offset = 0, length = maxCharacters }, { messages, caller }) {
      const text = textNamed(id, messages, caller)
      if (text === undefined) throw new Error(`No text has the id ${quote(id)}. Give the id of a mark.`)
      if (offset >= text.length) throw new Error(`The text ends at ${text.length}. Give a smaller offset.`)
      const end = Math.min(text.length, offset + Math.min(length, maxCharacters))
      return `Characters ${offset} to ${end} of ${text.length}:\n${text.slice(offset, end)}`
    },
  })
}

/** The newest text of that id in what an agent may see. */
function textNamed(id: string, messages: readonly Message[], reader: string): string | undefined {
  for (const message of messages.toReversed()) {
    if (!isVisibleTo(message, reader)) continue
    const found = textsOf(message).find((text) => text.length >= SHORTEST && idOfText(text) === id)
    if (found !== undefined) return found
  }
  return undefined
}

/** The texts of a message as they may be shown: in a group with the speaker's name in front. */
function textsOf(message: Message): string[] {
  const { content, toolCalls = [], toolResults = [] } = message
  const words = typeof content === 'string' ? [content] : content.flatMap((part) => ('text' in part ? [part.text] : []))
  if (isToolAnswer(message)) words.push(textOf(message))
  return [
    ...toolResults.map((result) => result.content),
    ...words.flatMap((text) => [text, `${authorOf(message)}: ${text}`]),
    ...toolCalls.flatMap((call) => stringsIn(parseJson(call.arguments))),
  ]
}

function stringsIn(data: unknown): string[] {
  if (typeof data === 'string') return [data]
  return typeof data === 'object' && data !== null ? Object.values(data).flatMap(stringsIn) : []
}
