import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { stepKey, type Agent, type ReplyFunction, type Turn } from '../agent.ts'
import { callback } from '../callback.ts'
import { holdChat } from '../chat.ts'
import { Conversation } from '../conversation.ts'
import { authorOf, textOf, type Message } from '../message.ts'
import { askModel } from '../model/model-client.ts'
import { promptFor } from '../model/prompt.ts'
import { speakerNamesOf } from '../model/speaker-names.ts'
import type { LlmConfig } from '../ports/model.ts'

/** Makes an answer of the inner messages: an instruction for the agent's model, or a function. */
export type ResponsePreparer = string | ((messages: readonly Message[]) => string | Promise<string>)

/** What a society is made of. */
export interface SocietyOptions {
  readonly chatManager: Agent
  readonly responsePreparer: ResponsePreparer | undefined
  readonly llmConfig: LlmConfig | undefined
}

/** Tells a society's model what it is shown. */
export const SOCIETY_FRAME =
  'Another agent sent a request, and a team that belongs to you has worked on it. The messages of the team, first the request, follow.'

/** What a society's model is asked for, unless it has a `responsePreparer`. */
export const SOCIETY_INSTRUCTION =
  'Answer the request with what the team found out. Write an answer that stands on its own: do not speak of the team or of its talk.'

/**
 * Lets a group talk about the last message, in a conversation of its own that begins with what was said outside, and
 * answers with what came out of it.
 */
export function societyReply(options: SocietyOptions): ReplyFunction {
  return async (turn) => {
    const { recipient, silent } = turn
    const last = turn.messages.at(-1)
    if (!last) return undefined
    const before = turn.messages.slice(0, -1)
    const conversation = new Conversation({ id: turn.newChatId(), messages: before })
    const opening = { content: last.content, name: authorOf(last) }
    const result = await holdChat(
      { sender: recipient, recipient: options.chatManager },
      { message: opening, conversation, silent },
      { outer: turn },
    )
    return { message: await answerOf({ inner: result.chatHistory.slice(before.length), conversation }, options, turn) }
  }
}

async function answerOf(
  { inner, conversation }: { readonly inner: readonly Message[]; readonly conversation: Conversation },
  { responsePreparer, llmConfig }: SocietyOptions,
  turn: Turn,
): Promise<string> {
  if (typeof responsePreparer === 'function') {
    const about = { agent: turn.recipient.name, what: 'its responsePreparer', signal: turn.signal }
    return callback(about, () => responsePreparer(inner))
  }
  const last = inner.at(-1)
  if (!llmConfig) return last ? textOf(last).replaceAll('TERMINATE', '').trim() : ''
  const prompt: LanguageModelV4Prompt = [
    { role: 'system', content: SOCIETY_FRAME },
    ...promptFor('', inner.map(asWords), { inGroup: true, names: speakerNamesOf(llmConfig) }),
    { role: 'system', content: responsePreparer ?? SOCIETY_INSTRUCTION },
  ]
  const request = {
    agent: turn.recipient.name,
    purpose: 'prepare-response' as const,
    prompt,
    step: stepKey(turn, 'prepare-response'),
    source: { conversation, viewer: turn.recipient.name, closing: 1 },
  }
  return (await askModel(llmConfig, request, turn)).text ?? ''
}

/** A message as words alone: calls become `name(arguments)`. */
function asWords({ toolCalls = [], toolResults: _toolResults, ...message }: Message): Message {
  if (toolCalls.length === 0)
    return {
      ...message,
      content:
        message.content === ''
          ? textOf({ content: '', ...(_toolResults && { toolResults: _toolResults }) })
          : message.content,
    }
  const calls = toolCalls.map((call) => `${call.name}(${call.arguments})`)
  return { ...message, content: [textOf({ content: message.content }), ...calls].filter(Boolean).join('\n') }
}
