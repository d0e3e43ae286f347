import type { ChatOptions, MessageInput, OpeningInput, SummaryArgs, SummaryInput, SummaryMethod } from 'conversable'
import { textOf } from 'conversable'
import { fillSlots } from './fill-slots.ts'
import { given, type Given } from './given.ts'
import type { ChatSettings, ChatSpec, ComputedMessage, OpeningSpec, SummarySpec } from './scenario.ts'
import { inputOf } from './wire.ts'

/** The settings of a chat as options, all but its opening message and its conversation. */
export function chatOptions(settings: ChatSettings): Given<Omit<ChatOptions, 'message' | 'conversation'>> {
  const { maxTurns, silent, verbose, carryover, context, summaryMethod, summaryArgs } = settings
  return given({
    maxTurns,
    silent,
    verbose,
    // May be something that has to be refused.
    carryover: carryover as ChatOptions['carryover'],
    context,
    // The same: a text may be the name of no method.
    summaryMethod: (isSpec(summaryMethod) ? summaryOf(summaryMethod) : summaryMethod) as SummaryMethod | undefined,
    summaryArgs: summaryArgs && argsOf(summaryArgs, isSpec(summaryMethod)),
  })
}

/** The opening message of a chat that is no nested one. */
export function openingOf({ message }: Pick<ChatSpec, 'message'>): Pick<ChatOptions, 'message'> {
  if (message === undefined || message === null) return {}
  if (!isComputed(message)) return { message: inputOf(message) }
  return {
    message: ({ sender, recipient, carryover, context }: OpeningInput) =>
      computed(message, {
        ...context,
        sender: sender.name,
        recipient: recipient.name,
        carryover: carryover.at(-1) ?? '',
      }),
  }
}

/** A computed message; `undefined` for none. */
export function computed(spec: ComputedMessage, slots: Readonly<Record<string, unknown>>): MessageInput | undefined {
  return spec.do === 'none' ? undefined : fillSlots(spec.text ?? '', slots)
}

/** Tells a computed message from one that is written out. */
export function isComputed(message: NonNullable<OpeningSpec>): message is ComputedMessage {
  return typeof message === 'object' && 'do' in message
}

function isSpec(method: ChatSettings['summaryMethod']): method is SummarySpec {
  return typeof method === 'object' && method !== null
}

function argsOf({ prompt, role, ...others }: Readonly<Record<string, unknown>>, raw: boolean): SummaryArgs {
  const named = raw ? { prompt, role } : { summaryPrompt: prompt, summaryRole: role }
  // JSON of a scenario.
  return { ...others, ...given(named) } as SummaryArgs
}

function summaryOf({ do: kind, text = '', separator = ' | ', key = '' }: SummarySpec): SummaryMethod {
  return ({ sender, recipient, messages, summaryArgs }: SummaryInput) => {
    const { [key]: argument = '' } = summaryArgs
    switch (kind) {
      case 'constant':
        return text
      case 'count':
        return `${messages.length} messages`
      case 'first':
        return messages[0] ? textOf(messages[0]) : ''
      case 'join':
        return messages.map(textOf).join(separator)
      case 'names':
        return `${sender.name} asked ${recipient.name}`
      case 'argument':
        return typeof argument === 'string' ? argument : JSON.stringify(argument)
      default:
        throw new Error(`There is no summary function "${kind}".`)
    }
  }
}
