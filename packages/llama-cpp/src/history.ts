import {
  UnsupportedFunctionalityError,
  type LanguageModelV4Message,
  type LanguageModelV4Prompt,
} from '@ai-sdk/provider'
import type { FunctionCall, HistoryItem } from './node-llama-cpp.ts'

type Said = string | FunctionCall
type AssistantContent = Extract<LanguageModelV4Message, { readonly role: 'assistant' }>['content']
type ToolContent = Extract<LanguageModelV4Message, { readonly role: 'tool' }>['content']

/**
 * A prompt in the engine's words: messages of one side in a row are one entry, and a call stands in the entry of the
 * model together with its result.
 *
 * @throws UnsupportedFunctionalityError for pictures and other files.
 */
export function historyOf(prompt: LanguageModelV4Prompt): HistoryItem[] {
  const history: HistoryItem[] = []
  for (const message of prompt) add(history, message)
  return history
}

function add(history: HistoryItem[], message: LanguageModelV4Message): void {
  switch (message.role) {
    case 'system':
    case 'user':
      return addText(history, message.role, textOf(message))
    case 'assistant':
      return addResponse(history, saidIn(message.content))
    case 'tool':
      return addResults(history, message.content)
  }
}

function addText(history: HistoryItem[], type: 'system' | 'user', text: string): void {
  const last = history.at(-1)
  if (last?.type !== type) history.push({ type, text })
  else history[history.length - 1] = { type, text: `${last.text}\n\n${text}` }
}

function addResponse(history: HistoryItem[], response: readonly Said[]): void {
  const last = history.at(-1)
  if (last?.type !== 'model') history.push({ type: 'model', response })
  else history[history.length - 1] = { type: 'model', response: [...last.response, ...response] }
}

function addResults(history: HistoryItem[], results: ToolContent): void {
  const last = history.at(-1)
  if (last?.type !== 'model') return
  const open = results.flatMap((part) => (part.type === 'tool-result' ? [part] : []))
  const response = last.response.map((said) => {
    if (typeof said === 'string' || said.result !== undefined) return said
    const index = open.findIndex((part) => part.toolName === said.name)
    const [found] = index === -1 ? [] : open.splice(index, 1)
    return found ? { ...said, result: outputOf(found.output) } : said
  })
  history[history.length - 1] = { type: 'model', response }
}

function textOf({ content }: Extract<LanguageModelV4Message, { readonly role: 'system' | 'user' }>): string {
  if (typeof content === 'string') return content
  return content.map((part) => (part.type === 'text' ? part.text : refuse())).join('\n')
}

/** What it thought is left out: models are not trained to see it again. */
function saidIn(content: AssistantContent): Said[] {
  return content.flatMap((part): Said[] => {
    if (part.type === 'text') return part.text === '' ? [] : [part.text]
    if (part.type === 'tool-call')
      return [{ type: 'functionCall', name: part.toolName, params: part.input, result: undefined }]
    return part.type === 'file' ? refuse() : []
  })
}

function outputOf(output: Extract<ToolContent[number], { readonly type: 'tool-result' }>['output']): unknown {
  return 'value' in output ? output.value : 'The call was refused.'
}

function refuse(): never {
  throw new UnsupportedFunctionalityError({ functionality: 'pictures and files in prompts of a GGUF model' })
}
