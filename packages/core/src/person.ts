import type { Agent } from './agent.ts'
import { callback } from './callback.ts'
import type { Conversation } from './conversation.ts'
import { CallbackError } from './errors/callback-error.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import type { HumanPurpose } from './event.ts'
import type { ChatContext } from './ports/chat-context.ts'
import { quote } from './util/quote.ts'

/** What the person behind an agent is asked. */
export interface Question {
  readonly agent: Agent
  readonly conversation: Conversation
  readonly prompt: string
  readonly purpose: HumanPurpose
}

/**
 * Asks the person behind an agent, and notes the answer in the conversation.
 *
 * @throws ConfigurationError `no-human-input` when there is nobody to ask.
 */
export async function askPerson(context: ChatContext, question: Question): Promise<string> {
  const { agent, conversation, prompt, purpose } = question
  const { chatId, signal, runtime } = context
  const ask = agent.humanInput ?? context.humanInput
  if (!ask) throw nobodyToAsk(agent.name, prompt)
  context.emit({ type: 'human-request', prompt, purpose })
  const about = { agent: agent.name, what: 'its humanInput', signal }
  const answer: unknown = await runtime.step(
    `${conversation.nextMessageId}/${agent.name}.human`,
    () => callback(about, () => ask({ prompt, purpose, agent: agent.name, chatId, signal })),
    { agent: agent.name, input: () => ({ prompt, purpose }) },
  )
  if (typeof answer !== 'string') {
    throw new CallbackError(
      agent.name,
      `Agent ${quote(agent.name)}: its humanInput gave ${quote(answer)}. It must give a text.`,
    )
  }
  ;(conversation.humanInput[agent.name] ??= []).push(answer)
  context.emit({ type: 'human-answer', answer, purpose })
  return answer
}

function nobodyToAsk(agent: string, prompt: string): ConfigurationError {
  return new ConfigurationError(
    'no-human-input',
    `Agent ${quote(agent)} wants to ask a person ${quote(prompt.trim())}, but nobody is there to ask. ` +
      "Give the agent or the chat a humanInput (terminalInput() of 'conversable/node' asks at the terminal), " +
      "or set humanInputMode: 'NEVER'.",
  )
}
