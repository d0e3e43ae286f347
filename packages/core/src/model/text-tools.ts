import {
  APICallError,
  type LanguageModelV4CallOptions,
  type LanguageModelV4FunctionTool,
  type LanguageModelV4Message,
  type LanguageModelV4Prompt,
  type LanguageModelV4StreamPart,
  type LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider'
import type { ToolCalls } from '../ports/model.ts'
import type { ModelCall, TakePart } from './model-call.ts'
import { TextCallReader, type AnswerPiece } from './text-calls.ts'

type AssistantMessage = Extract<LanguageModelV4Message, { role: 'assistant' }>

/** Tells a model without tools how it calls them; `{tools}` stands for the tools. */
export const TEXT_TOOLS_PROMPT = `You can call tools. To call one, write a fenced block like this, with nothing behind it:

\`\`\`tool_call
{"name": "the tool's name", "arguments": {"its": "arguments"}}
\`\`\`

You may write several such blocks. The next message then tells what the tools answered: do not make it up. Call a tool only where you need it, and otherwise answer in words.

These are the tools, with JSON Schemas of their arguments:
{tools}`

/** Providers say it in many ways: Ollama, OpenRouter, Groq, vLLM and llama.cpp in these. */
const NO_TOOLS =
  /does not support (?:tools|tool|function)|tool(?:s| calling| use)?\W* (?:is|are) not supported|support tool use|tool choice requires|tools param requires/i

/**
 * A call whose model is told of tools in words and calls them in words. Its words are turned into calls while they come.
 *
 * @param when - Always (`text`), or once more when the model's provider says that it has no tools (`auto`).
 */
export function textToolsCall(next: ModelCall, when: Exclude<ToolCalls, 'native'>): ModelCall {
  const inText: ModelCall = (options, take, context) => {
    const names = functionsOf(options).map(({ name }) => name)
    const calling = new CallingText(new TextCallReader(names), take)
    return next(textual(options), (part, modelId) => calling.take(part, modelId), context)
  }
  const nativeFirst: ModelCall = (options, take, context) =>
    next(options, take, context).catch((error: unknown) => {
      if (!saysNoTools(error)) throw error
      return inText(options, take, context)
    })
  const withTools = when === 'text' ? inText : nativeFirst
  return (options, take, context) => (options.tools?.length ? withTools : next)(options, take, context)
}

function saysNoTools(error: unknown): boolean {
  return APICallError.isInstance(error) && NO_TOOLS.test(`${error.message} ${error.responseBody ?? ''}`)
}

function functionsOf({ tools = [] }: LanguageModelV4CallOptions): LanguageModelV4FunctionTool[] {
  return tools.filter((tool) => tool.type === 'function')
}

/** A request without tools, which tells of them in the system's words, and of calls in those of assistant and user. */
function textual(options: LanguageModelV4CallOptions): LanguageModelV4CallOptions {
  const { tools: _told, toolChoice, prompt, ...rest } = options
  const told = functionsOf(options).map(
    ({ name, description = '', inputSchema }) => `\n${name}: ${description}\n${JSON.stringify(inputSchema)}`,
  )
  const instructions = TEXT_TOOLS_PROMPT.replace('{tools}', () => told.join('\n')) + demandOf(toolChoice)
  const [first, ...others] = prompt
  const system = first?.role === 'system' ? `${first.content}\n\n${instructions}` : instructions
  const messages = first?.role === 'system' ? others : prompt
  return { ...rest, prompt: [{ role: 'system', content: system.trimStart() }, ...inWords(messages)] }
}

/** What is said behind the tools when the model is not to choose as it likes. */
function demandOf(choice: LanguageModelV4CallOptions['toolChoice']): string {
  switch (choice?.type) {
    case 'required':
      return '\n\nYou must call a tool now.'
    case 'tool':
      return `\n\nYou must call the tool ${choice.toolName} now.`
    case 'none':
      return '\n\nYou must not call a tool now.'
    default:
      return ''
  }
}

/** Calls of the agent that asks as it would write them. Those of others are told by `legalCall`. */
function inWords(prompt: LanguageModelV4Prompt): LanguageModelV4Prompt {
  let own = false
  return prompt.map((message): LanguageModelV4Message => {
    if (message.role === 'tool') return own ? resultsOf(message.content) : message
    own = message.role === 'assistant' && message.providerOptions?.['conversable']?.['by'] === undefined
    return message.role === 'assistant' && own ? written(message) : message
  })
}

function written(message: AssistantMessage): AssistantMessage {
  const calls = message.content.flatMap((part) => {
    if (part.type !== 'tool-call') return []
    return [`\`\`\`tool_call\n${JSON.stringify({ name: part.toolName, arguments: part.input })}\n\`\`\``]
  })
  if (calls.length === 0) return message
  const texts = message.content.flatMap((part) => (part.type === 'text' && part.text !== '' ? [part.text] : []))
  return { ...message, content: [{ type: 'text', text: [texts.join(''), ...calls].filter(Boolean).join('\n\n') }] }
}

function resultsOf(parts: Extract<LanguageModelV4Message, { role: 'tool' }>['content']): LanguageModelV4Message {
  const texts = parts.flatMap((part) => (part.type === 'tool-result' ? [resultOf(part)] : []))
  return { role: 'user', content: [{ type: 'text', text: texts.join('\n\n') }] }
}

function resultOf({ toolName, output }: LanguageModelV4ToolResultPart): string {
  const value = 'value' in output ? output.value : ''
  const failed = output.type === 'error-text' || output.type === 'error-json'
  return `${toolName} ${failed ? 'failed' : 'answered'}:\n${typeof value === 'string' ? value : JSON.stringify(value)}`
}

/** Turns blocks of an answer's text into calls. */
class CallingText {
  readonly #calls: TextCallReader
  readonly #take: TakePart
  #called = 0
  /** Of the text that is being written. */
  #textId = ''

  constructor(calls: TextCallReader, take: TakePart) {
    this.#calls = calls
    this.#take = take
  }

  take(part: LanguageModelV4StreamPart, modelId: string): void {
    switch (part.type) {
      case 'text-delta':
        this.#textId = part.id
        return this.#add(this.#calls.push(part.delta), modelId)
      case 'text-end':
        this.#add(this.#calls.end(), modelId)
        return this.#take(part, modelId)
      case 'finish':
        this.#add(this.#calls.end(), modelId)
        return this.#take(this.#called > 0 ? finishedWithCalls(part) : part, modelId)
      default:
        this.#take(part, modelId)
    }
  }

  #add(pieces: readonly AnswerPiece[], modelId: string): void {
    for (const piece of pieces) this.#take(this.#partOf(piece), modelId)
  }

  #partOf(piece: AnswerPiece): LanguageModelV4StreamPart {
    if ('text' in piece) return { type: 'text-delta', id: this.#textId, delta: piece.text }
    const { name: toolName, arguments: input } = piece
    return { type: 'tool-call', toolCallId: `call_${++this.#called}`, toolName, input }
  }
}

function finishedWithCalls(part: Extract<LanguageModelV4StreamPart, { type: 'finish' }>): LanguageModelV4StreamPart {
  return { ...part, finishReason: { ...part.finishReason, unified: 'tool-calls' } }
}
