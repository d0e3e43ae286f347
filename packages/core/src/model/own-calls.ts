import type { LanguageModelV4Message, LanguageModelV4Prompt, LanguageModelV4ToolResultPart } from '@ai-sdk/provider'
import { CallIds } from './call-ids.ts'
import { isOfAnother, isThought, ownPart } from './origin.ts'
import type { PromptRules } from './prompt-rules.ts'

type AssistantMessage = Extract<LanguageModelV4Message, { role: 'assistant' }>
type ToolMessage = Extract<LanguageModelV4Message, { role: 'tool' }>
type CallPart = Extract<AssistantMessage['content'][number], { type: 'tool-call' }>

/** For whom a prompt is. */
export interface Reader {
  /** `provider/model`. */
  readonly modelId: string
  readonly callId: PromptRules['callId']
  /** Whether it is offered tools. Without them, no call may stand in a prompt. */
  readonly hasTools: boolean
  /** Whether calls must come with the reader's thoughts, or behind results of calls that do. */
  readonly callsNeedThoughts: boolean
}

/**
 * A prompt in which the calls are those that its reader made itself, and all that providers attached is its own.
 *
 * Other calls are told in the user's words, with their results. Thoughts go back to the model that thought them alone.
 */
export function withOwnCalls(prompt: LanguageModelV4Prompt, reader: Reader): LanguageModelV4Prompt {
  const ids = new CallIds(reader.callId)
  const shaped: LanguageModelV4Message[] = []
  let told: AssistantMessage | undefined
  const tell = (answers: ToolMessage['content']): void => {
    if (told) shaped.push(account(told, answers))
    told = undefined
  }
  for (const message of prompt) {
    if (message.role === 'tool' && !told) shaped.push(withIds(message, ids))
    else tell(message.role === 'tool' ? message.content : [])
    if (message.role === 'assistant' && message.content.some(isCall)) {
      if (mayCall(message, reader, shaped.at(-1)?.role === 'tool'))
        shaped.push(withIds(ownMessage(message, reader), ids))
      else {
        told = message
        shaped.push(...wordsOf(message))
      }
    } else if (message.role !== 'tool') shaped.push(ownMessage(message, reader))
  }
  tell([])
  return shaped
}

function isCall(part: AssistantMessage['content'][number]): part is CallPart {
  return part.type === 'tool-call'
}

/** Whether the calls of a message can stand as calls. */
function mayCall(message: AssistantMessage, reader: Reader, afterResults: boolean): boolean {
  if (!reader.hasTools || callerOf(message) !== undefined) return false
  if (!reader.callsNeedThoughts) return true
  const thoughtful = message.content.some((part) => isThought(part) && ownPart(part, reader.modelId).length > 0)
  return thoughtful || (afterResults && !message.content.some((part) => isOfAnother(part, reader.modelId)))
}

/** The agent that made the calls of a message, where it is another than the one that asks. */
function callerOf({ providerOptions }: AssistantMessage): string | undefined {
  const by = providerOptions?.['conversable']?.['by']
  return typeof by === 'string' ? by : undefined
}

/** A message without the thoughts of other models, and without what other models attached. */
function ownMessage(message: LanguageModelV4Message, { modelId }: Reader): LanguageModelV4Message {
  switch (message.role) {
    case 'assistant':
      return { ...message, content: message.content.flatMap((part) => ownPart(part, modelId)) }
    case 'user':
      return { ...message, content: message.content.flatMap((part) => ownPart(part, modelId)) }
    default:
      return message
  }
}

function withIds(message: LanguageModelV4Message, ids: CallIds): LanguageModelV4Message {
  switch (message.role) {
    case 'assistant':
      return {
        ...message,
        content: message.content.map((part) =>
          isCall(part) ? { ...part, toolCallId: ids.forCall(part.toolCallId) } : part,
        ),
      }
    case 'tool':
      return {
        ...message,
        content: message.content.map((part) =>
          part.type === 'tool-result' ? { ...part, toolCallId: ids.forAnswer(part.toolCallId) } : part,
        ),
      }
    default:
      return message
  }
}

/** What was said beside calls that are told: by the reader itself, or by another agent. */
function wordsOf(message: AssistantMessage): LanguageModelV4Message[] {
  const text = message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
  if (text.trim() === '') return []
  const by = callerOf(message)
  if (by === undefined) return [{ role: 'assistant', content: [{ type: 'text', text }] }]
  return [{ role: 'user', content: [{ type: 'text', text: `${by}: ${text}` }] }]
}

/** Tells who called what, and what came of it. */
function account(message: AssistantMessage, answers: ToolMessage['content']): LanguageModelV4Message {
  const who = callerOf(message) ?? 'You'
  const lines = message.content.filter(isCall).map((call) => {
    const answer = answers.find((part) => part.type === 'tool-result' && part.toolCallId === call.toolCallId)
    const outcome = answer?.type === 'tool-result' ? outcomeOf(answer.output) : ', which was not answered.'
    return `${who} called ${call.toolName}(${JSON.stringify(call.input)})${outcome}`
  })
  return { role: 'user', content: [{ type: 'text', text: lines.join('\n\n') }] }
}

function outcomeOf(output: LanguageModelV4ToolResultPart['output']): string {
  const text = 'value' in output ? output.value : ''
  const verb = output.type === 'error-text' || output.type === 'error-json' ? 'failed' : 'answered'
  return `, which ${verb}:\n${typeof text === 'string' ? text : JSON.stringify(text)}`
}
