import type { CodeArtifact } from '../code-artifact.ts'
import type { ChatEvent, ChatStart, EventOf } from '../event.ts'
import { isToolAnswer, textOf, type Message, type ToolCall, type ToolResult } from '../message.ts'
import { visible } from '../util/visible.ts'
import type { Paint } from './style.ts'

/** What is printed to show a picture; an empty text where that cannot be done. */
export type ShowPicture = (picture: CodeArtifact) => string

const DASHES = '-'.repeat(80)
const STARS = '*'.repeat(80)

/**
 * What AutoGen prints for an event: frames around messages, status lines in front of what agents do by themselves,
 * banners between chats in a row. Empty for events that are not printed. What people are asked and answer is left to
 * whoever asks them. Pictures that a program left have a line each, which AutoGen has not.
 *
 * @param show - What follows the line of a picture. Default: nothing.
 */
export function transcriptOf(event: ChatEvent, paint: Paint, show: ShowPicture = () => ''): string {
  switch (event.type) {
    case 'message':
      return event.silent ? '' : framed(event, paint)
    case 'chat-start':
      return event.queued && !event.silent ? banner(event, paint) : ''
    case 'human-answer':
      return event.answer === '' && event.purpose === 'reply'
        ? status(paint('red', '\n>>>>>>>> NO HUMAN INPUT RECEIVED.'))
        : ''
    case 'auto-reply':
      return status(paint('red', '\n>>>>>>>> USING AUTO REPLY...'))
    case 'speaker-select':
      return event.silent ? '' : status(paint('green', `\nNext speaker: ${event.speaker}\n`))
    case 'notice':
      return status(event.text)
    case 'selection-message':
      return `${paint('yellow', event.from)} (to ${event.to}):\n\n${event.text}\n\n${DASHES}\n`
    case 'tool-start':
      return status(paint('magenta', `\n>>>>>>>> EXECUTING FUNCTION ${event.call.name}...`))
    case 'code-start':
      return status(paint('red', `\n>>>>>>>> ${codeLine(event)}`))
    case 'code-end':
      return event.artifacts
        .filter(isPicture)
        .map((picture) => pictureLine(picture, paint) + show(picture))
        .join('')
    default:
      return ''
  }
}

function framed({ message, recipient }: EventOf<'message'>, paint: Paint): string {
  const header = `${paint('yellow', message.by ?? message.name)} (to ${recipient}):\n\n`
  const { toolResults = [] } = message
  const answers = toolResults.map((result) => `${header}${resultBox(result, paint)}\n${DASHES}\n`).join('')
  // A message of results alone has no frame of its own: AutoGen prints the header twice and closes once.
  return isToolAnswer(message) ? header + answers : `${header}${answers}${body(message, paint)}\n${DASHES}\n`
}

function body(message: Message, paint: Paint): string {
  const { toolCalls = [] } = message
  const text = textOf(message)
  const words = text === '' && toolCalls.length > 0 ? '' : `${text}\n`
  return words + toolCalls.map((call) => callBox(call, paint)).join('')
}

function callBox(call: ToolCall, paint: Paint): string {
  const title = `***** Suggested tool call (${call.id}): ${call.name} *****`
  return `${paint('green', title)}\nArguments: \n${call.arguments}\n${paint('green', '*'.repeat(title.length))}\n`
}

function resultBox({ callId, content }: ToolResult, paint: Paint): string {
  const title = `***** Response from calling tool (${callId}) *****`
  return `${paint('green', title)}\n${content}\n${paint('green', '*'.repeat(title.length))}\n`
}

function codeLine({ blocks }: EventOf<'code-start'>): string {
  const languages = blocks.map((block) => block.language)
  if (languages.length === 1) return `EXECUTING CODE BLOCK (inferred language is ${languages[0]})...`
  return `EXECUTING ${languages.length} CODE BLOCKS (inferred languages are [${languages.join(', ')}])...`
}

function isPicture({ mime }: CodeArtifact): boolean {
  return mime.startsWith('image/')
}

/** The name is that of a program's file, so it may hold anything. */
function pictureLine({ path, file = path }: CodeArtifact, paint: Paint): string {
  return status(paint('red', `\n>>>>>>>> IMAGE SAVED TO ${visible(file)}`))
}

function banner({ announcement }: ChatStart, paint: Paint): string {
  const lines = [paint('blue', `\n${STARS}`), paint('blue', 'Starting a new chat....')]
  if (announcement) {
    lines.push(
      paint('blue', `Message:\n${announcement.message}`),
      paint('blue', `Carryover:\n${announcement.carryover}`),
    )
  }
  return [...lines, paint('blue', `\n${STARS}`), ''].join('\n')
}

function status(line: string): string {
  return `${line}\n`
}
