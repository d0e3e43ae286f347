import { stepKey, type Reply, type ReplyFunction, type Turn } from '../agent.ts'
import { ModelClient, type ModelRequest } from '../model/model-client.ts'
import { askForOutput, type OutputForm } from '../model/output.ts'
import { filledPrompt } from '../model/templates.ts'
import { promptFor, promptOf, promptView, type PromptView } from '../model/prompt.ts'
import { speakerNamesOf } from '../model/speaker-names.ts'
import type { LlmConfig, ModelAnswer } from '../ports/model.ts'
import type { ToolSpec } from '../ports/tool.ts'

/** Whom a model reply asks, and what it tells the model beside the transcript. */
export interface ModelReplyOptions {
  /** The name of the agent that replies. */
  readonly agent: string
  readonly llmConfig: LlmConfig
  /** Read at every turn; also an empty one is sent. */
  readonly systemMessage: () => string
  /** The tools that the model may suggest, read at every turn. */
  readonly tools: () => readonly ToolSpec[]
  /** Which form the answers must have. Default: any. */
  readonly output?: OutputForm | undefined
}

/** Lets the model answer and passes its words on while they come. Passes the turn on if it gives no content at all. */
export function modelReply({ agent, llmConfig, systemMessage, tools, output }: ModelReplyOptions): ReplyFunction {
  const client = new ModelClient(llmConfig)
  const view = promptView(agent, speakerNamesOf(llmConfig))
  return (turn) => {
    const { conversation, messageId } = turn
    const prompt = promptOfTurn(turn, view, systemMessage())
    const request = {
      agent,
      purpose: 'reply' as const,
      prompt: llmConfig.allowFormatStrTemplate ? filledPrompt(prompt, turn.messages) : prompt,
      tools: tools(),
      step: stepKey(turn, 'model'),
      source: { conversation, viewer: agent },
      messageId,
    }
    return output ? fittingReply(llmConfig, request, { output, turn }) : client.ask(request, turn).then(replyOf)
  }
}

function replyOf({ text, content, toolCalls }: ModelAnswer): Reply | undefined {
  if (toolCalls.length > 0) return { message: { content, toolCalls } }
  return text === undefined ? undefined : { message: { content } }
}

/** A reply of a certain form. It is told as a whole, once it fits: pieces of an answer that is rejected are no message. */
async function fittingReply(
  llmConfig: LlmConfig,
  request: ModelRequest,
  { output, turn }: { readonly output: OutputForm; readonly turn: Turn },
): Promise<Reply> {
  const { messageId } = turn
  const { answer, fitting } = await askForOutput(llmConfig, request, { output, context: turn })
  const { text = answer.text ?? '' } = fitting ?? {}
  if (text !== '') turn.emit({ type: 'text-delta', messageId, delta: text })
  const { toolCalls } = answer
  for (const call of toolCalls) turn.emit({ type: 'tool-call', messageId, call })
  return { message: { content: contentWith(text, answer.content), ...(toolCalls.length > 0 && { toolCalls }) } }
}

/** The content of an answer with the JSON alone as its text, and what else there is, such as reasoning. */
function contentWith(text: string, content: ModelAnswer['content']): ModelAnswer['content'] {
  if (typeof content === 'string') return text
  const others = content.filter((part) => part.type !== 'text')
  return text === '' ? others : [...others, { type: 'text', text }]
}

/** The transcript as the agent sees it, behind its system message; converted anew only if hooks changed it. */
function promptOfTurn(turn: Turn, view: PromptView, systemMessage: string): ReturnType<typeof promptFor> {
  const { conversation, messages } = turn
  const { agent, names } = view
  if (messages === conversation.messagesFor(agent)) return promptOf(view, conversation, systemMessage)
  return promptFor(agent, messages, { inGroup: conversation.group !== undefined, systemMessage, names })
}
