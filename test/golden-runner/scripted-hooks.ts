import { textOf, type ConversableAgent, type Hooks, type Message, type MessageDraft } from 'conversable'
import { fillSlots } from './fill-slots.ts'
import type { HookSpec } from './scenario.ts'
import { inputOf } from './wire.ts'

/** Registers the scripted hooks of an agent, in order. */
export function registerScriptedHooks(agent: ConversableAgent, specs: readonly HookSpec[]): void {
  const registered = new Map<string, () => void>()
  for (const spec of specs) {
    const again = spec.again === undefined ? registrationOf(agent, spec) : registered.get(spec.again)
    if (!again) throw new Error(`No hook of the label "${spec.again}" was registered.`)
    registered.set(spec.label ?? '', again)
    again()
  }
}

/** What registers a hook; called again it registers the same function again. */
function registrationOf(agent: ConversableAgent, spec: HookSpec): () => void {
  switch (spec.on) {
    case 'beforeSend': {
      const hook = beforeSend(spec)
      return () => void agent.registerHook('processMessageBeforeSend', hook)
    }
    case 'beforeReply': {
      const hook = beforeReply(spec)
      return () => void agent.registerHook('processAllMessagesBeforeReply', hook)
    }
    case 'lastReceived': {
      const hook = lastReceived(spec)
      return () => void agent.registerHook('processLastReceivedMessage', hook)
    }
    default:
      // A moment that there is not, to see it refused.
      return () => void agent.registerHook(spec.on as 'processMessageBeforeSend', beforeSend(spec))
  }
}

function beforeSend(spec: HookSpec): Hooks['processMessageBeforeSend'] {
  return ({ message, sender, recipient, silent }) => {
    const { content } = message
    if (typeof content !== 'string' || isWordless(message)) return message
    const slots = { sender: sender.name, recipient: recipient.name, silent: silent ? 'silent' : 'aloud' }
    return { ...message, content: edited(content, spec, slots) }
  }
}

function beforeReply(spec: HookSpec): Hooks['processAllMessagesBeforeReply'] {
  const { n = 0, text = '', message } = spec
  return (messages) => {
    switch (spec.do) {
      case 'keepLast':
        return n === 0 ? [] : messages.slice(-n)
      case 'keepFirstAndLast':
        return messages.length > 2 ? [...messages.slice(0, 1), ...messages.slice(-1)] : messages
      case 'dropContaining':
        return messages.filter((one) => !textOf(one).includes(text))
      case 'add':
        return message ? [...messages, addedMessage(inputOf(message))] : messages
      default:
        return messages.map((one) =>
          typeof one.content === 'string' && !isWordless(one) ? { ...one, content: edited(one.content, spec) } : one,
        )
    }
  }
}

function lastReceived(spec: HookSpec): Hooks['processLastReceivedMessage'] {
  return (content) => (typeof content === 'string' ? edited(content, spec) : content)
}

/** Whether a message holds calls or results alone, which edits of texts leave as it is. */
function isWordless({ content, toolCalls, toolResults }: MessageDraft): boolean {
  return (content ?? '') === '' && (toolCalls ?? toolResults) !== undefined
}

function addedMessage(input: ReturnType<typeof inputOf>): Message {
  const draft = typeof input === 'string' ? { content: input } : input
  return { id: '', name: draft.name ?? '', content: draft.content ?? '' }
}

function edited(text: string, spec: HookSpec, slots: Readonly<Record<string, string>> = {}): string {
  switch (spec.do) {
    case 'prefix':
      return fillSlots(spec.text ?? '', slots) + text
    case 'suffix':
      return text + fillSlots(spec.text ?? '', slots)
    case 'upper':
      return text.toUpperCase()
    case 'replace':
      return text.replaceAll(spec.from ?? '', () => spec.to ?? '')
    default:
      throw new Error(`There is no edit "${spec.do}".`)
  }
}
