import { stepKey, type ReplyFunction, type Turn } from '../agent.ts'
import { askModel } from '../model/ask-model.ts'
import { promptFor, promptOf, type PromptOptions } from '../model/prompt.ts'
import { speakerNamesOf } from '../model/speaker-names.ts'
import type { LlmConfig } from '../ports/model.ts'
import type { ToolSpec } from '../ports/tool.ts'

/** Whom a model reply asks, and what it tells the model beside the transcript. */
export interface ModelReplyOptions {
  readonly llmConfig: LlmConfig
  /** Read at every turn; also an empty one is sent. */
  readonly systemMessage: () => string
  /** The tools that the model may suggest, read at every turn. */
  readonly tools: () => readonly ToolSpec[]
}

/** Lets the model answer and passes its words on while they come. Passes the turn on if it gives no content at all. */
export function modelReply({ llmConfig, systemMessage, tools }: ModelReplyOptions): ReplyFunction {
  return async (turn) => {
    const { recipient, messageId } = turn
    const request = {
      agent: recipient.name,
      purpose: 'reply' as const,
      prompt: promptOfTurn(turn, { systemMessage: systemMessage(), names: speakerNamesOf(llmConfig) }),
      tools: tools(),
      step: stepKey(turn, 'model'),
      messageId,
    }
    const { text, content, toolCalls } = await askModel(llmConfig, request, turn)
    if (text === undefined && toolCalls.length === 0) return undefined
    return { message: toolCalls.length > 0 ? { content, toolCalls } : { content } }
  }
}

/** The transcript as the agent sees it, behind its system message; converted anew only if hooks changed it. */
function promptOfTurn(turn: Turn, options: Omit<PromptOptions, 'inGroup'>): ReturnType<typeof promptFor> {
  const { conversation, messages, recipient } = turn
  const unchanged = messages === conversation.messagesFor(recipient.name)
  return unchanged
    ? promptOf(recipient.name, conversation, options)
    : promptFor(recipient.name, messages, { inGroup: conversation.group !== undefined, ...options })
}
