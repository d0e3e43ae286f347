import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { isThought } from './origin.ts'
import type { PromptRules } from './prompt-rules.ts'

type UserPart = Extract<LanguageModelV4Message, { role: 'user' }>['content'][number]
type AssistantPart = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'][number]

/** Says the user where a prompt would begin with the assistant's words, or with nothing. */
export const BEGIN = 'Please begin.'
/** Says the user where the assistant speaks twice in a row, or is to speak once more. */
export const GO_ON = 'Please go on.'
/** Says the assistant between results of its calls and the user's words. */
export const NOTED = 'Noted.'
/** Stands for a user's message that is empty. */
export const EMPTY = '(an empty message)'

/** A prompt whose messages follow one another as a provider wants it, and none of which is empty. */
export function inTurns(
  prompt: LanguageModelV4Prompt,
  rules: Pick<PromptRules, 'system' | 'turns' | 'answerAfterResults'>,
): LanguageModelV4Prompt {
  const turns = new Turns(rules)
  for (const message of prompt) turns.add(message)
  return turns.end()
}

/** Puts messages one behind the other, and what is wanted between them. */
class Turns {
  readonly #rules: Pick<PromptRules, 'system' | 'turns' | 'answerAfterResults'>
  readonly #messages: LanguageModelV4Message[] = []

  constructor(rules: Pick<PromptRules, 'system' | 'turns' | 'answerAfterResults'>) {
    this.#rules = rules
  }

  add(message: LanguageModelV4Message): void {
    switch (message.role) {
      case 'system':
        return this.#system(message)
      case 'user':
        return this.#user({ ...message, content: userParts(message.content) })
      case 'assistant':
        return this.#assistant({ ...message, content: assistantParts(message.content) })
      case 'tool':
        this.#messages.push(message)
    }
  }

  end(): LanguageModelV4Prompt {
    const last = this.#messages.at(-1)?.role
    if (this.#rules.turns !== 'free' && last !== 'user' && last !== 'tool') {
      this.#messages.push(said('user', last === 'assistant' ? GO_ON : BEGIN))
    }
    return this.#messages
  }

  /** System messages in front are one; later ones are the user's where they may not stand there. */
  #system(message: Extract<LanguageModelV4Message, { role: 'system' }>): void {
    if (message.content.trim() === '') return
    if (this.#rules.system === 'anywhere') return void this.#messages.push(message)
    const last = this.#messages.at(-1)
    if (!last) this.#messages.push(message)
    else if (last.role === 'system') this.#messages[0] = { ...last, content: `${last.content}\n\n${message.content}` }
    else this.#user(said('user', message.content))
  }

  #user(message: Extract<LanguageModelV4Message, { role: 'user' }>): void {
    const last = this.#messages.at(-1)
    if (last?.role === 'tool' && this.#rules.answerAfterResults) this.#messages.push(said('assistant', NOTED))
    if (last?.role === 'user' && this.#rules.turns === 'joined') {
      this.#messages[this.#messages.length - 1] = { ...last, content: joined(last.content, message.content) }
    } else this.#messages.push(message)
  }

  /** Says nothing where there is nothing but thoughts. */
  #assistant(message: Extract<LanguageModelV4Message, { role: 'assistant' }>): void {
    if (message.content.every((part) => isThought(part))) return
    const last = this.#messages.at(-1)?.role
    if (this.#rules.turns !== 'free' && last !== 'user' && last !== 'tool') {
      this.#messages.push(said('user', last === 'assistant' ? GO_ON : BEGIN))
    }
    this.#messages.push(message)
  }
}

function said<Role extends 'user' | 'assistant'>(
  role: Role,
  text: string,
): { role: Role; content: { type: 'text'; text: string }[] } {
  return { role, content: [{ type: 'text', text }] }
}

function userParts(parts: UserPart[]): UserPart[] {
  const full = parts.filter((part) => part.type !== 'text' || part.text.trim() !== '')
  return full.length > 0 ? full : [{ type: 'text', text: EMPTY }]
}

/** Files are shown to a model by others; of what it sent itself it sees that it did. */
function assistantParts(parts: AssistantPart[]): AssistantPart[] {
  return parts.flatMap((part): AssistantPart[] => {
    if (part.type === 'file')
      return [{ type: 'text', text: part.mediaType.startsWith('image/') ? '<image>' : '<file>' }]
    return part.type === 'text' && part.text.trim() === '' ? [] : [part]
  })
}

/** The parts of both; two texts that meet become one, for there are providers that put nothing between parts. */
function joined(before: UserPart[], behind: UserPart[]): UserPart[] {
  const last = before.at(-1)
  const [first, ...rest] = behind
  if (last?.type !== 'text' || first?.type !== 'text') return [...before, ...behind]
  return [...before.slice(0, -1), { ...last, text: `${last.text}\n\n${first.text}` }, ...rest]
}
