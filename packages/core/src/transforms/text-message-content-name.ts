import { checkOptions } from '../check-options.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { ContentPart, Message } from '../message.ts'
import { quote } from '../util/quote.ts'
import { FILTER_OPTIONS, messageFilter, type MessageFilterOptions } from './message-filter.ts'
import type { MessageTransform } from './transform-messages.ts'

/** How names are put into texts. */
export interface TextMessageContentNameOptions extends MessageFilterOptions {
  /** In front of the text, or behind it. Default `start`. */
  readonly position?: 'start' | 'end'
  /** How a name is written; `{name}` stands for it. Default `{name}:\n`. */
  readonly formatString?: string
  /** Whether a text that has the name there already is left alone. Default `true`. */
  readonly deduplicate?: boolean
}

/** Writes into each text who said it, for models that do not read names otherwise. Empty messages are left alone. */
export class TextMessageContentName implements MessageTransform {
  readonly #options: Required<Omit<TextMessageContentNameOptions, keyof MessageFilterOptions>>
  readonly #mayChange: (message: Message) => boolean

  constructor(options: TextMessageContentNameOptions = {}) {
    const owner = 'TextMessageContentName'
    checkOptions(owner, options, ['position', 'formatString', 'deduplicate', ...FILTER_OPTIONS])
    const { position = 'start', formatString = '{name}:\n', deduplicate = true } = options
    if (position !== 'start' && position !== 'end') {
      throw new ConfigurationError(
        'invalid-option',
        `${owner} has ${quote(position)} as position. Use 'start' or 'end'.`,
      )
    }
    if (typeof formatString !== 'string' || !formatString.includes('{name}')) {
      throw new ConfigurationError(
        'invalid-option',
        `${owner} has ${quote(formatString)} as formatString. Give a text with {name} in it.`,
      )
    }
    this.#options = { position, formatString, deduplicate }
    this.#mayChange = messageFilter(owner, options)
  }

  applyTransform(messages: readonly Message[]): readonly Message[] {
    return messages.map((message) => (this.#mayChange(message) && message.name !== '' ? this.#named(message) : message))
  }

  getLogs(before: readonly Message[], after: readonly Message[]): string | undefined {
    const changed = after.filter((message, index) => message !== before[index]).length
    return changed > 0 ? `${changed} message(s) changed to incorporate name.` : undefined
  }

  #named(message: Message): Message {
    const { content } = message
    if (typeof content === 'string') {
      const text = content === '' ? content : this.#withName(content, message.name)
      return text === content ? message : { ...message, content: text }
    }
    const place = this.#options.position === 'start' ? content.findIndex(isText) : content.findLastIndex(isText)
    const part = content[place]
    if (part?.type !== 'text') return message
    const text = this.#withName(part.text, message.name)
    return text === part.text ? message : { ...message, content: content.with(place, { ...part, text }) }
  }

  #withName(text: string, name: string): string {
    const { position, formatString, deduplicate } = this.#options
    const spelled = formatString.replaceAll('{name}', () => name)
    if (position === 'start') return deduplicate && text.startsWith(spelled) ? text : spelled + text
    return deduplicate && text.endsWith(spelled) ? text : text + spelled
  }
}

function isText(part: ContentPart): boolean {
  return part.type === 'text'
}
