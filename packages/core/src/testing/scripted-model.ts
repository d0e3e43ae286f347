import {
  APICallError,
  type LanguageModelV4,
  type LanguageModelV4CallOptions,
  type LanguageModelV4Prompt,
  type LanguageModelV4StreamPart,
  type LanguageModelV4StreamResult,
} from '@ai-sdk/provider'
import { quote } from '../util/quote.ts'
import { ScriptError } from './script-error.ts'

/** One answer of a scripted model. A text alone is `{ text }`. */
export type ScriptedAnswer = string | ScriptedTurn

/** One answer of a scripted model, in full. */
export interface ScriptedTurn {
  /** Streamed word by word. `null`, or absent beside calls, for no text at all; an empty text is one. */
  readonly text?: string | null
  /** What the model thinks first. */
  readonly reasoning?: string
  /** Calls that it suggests, several at once if there are several. */
  readonly toolCalls?: readonly ScriptedCall[]
  /** Fails the request instead of answering it: an error as it is, or the text of a refusal with `status`. */
  readonly error?: Error | string
  /** HTTP status of a refusal. Default 400: the request is bad, so that trying again is of no use. */
  readonly status?: number
  /** Fails in the middle: after the text, before the end. */
  readonly breakAfterText?: boolean
  /** Waits before the answer begins, in milliseconds. Default 0. */
  readonly delayMs?: number
  /** Waits between two words, in milliseconds. Default 0. */
  readonly wordDelayMs?: number
  /** Reported as used. Default: a quarter of the letters of request and answer, as a rough count. */
  readonly usage?: { readonly inputTokens?: number; readonly outputTokens?: number }
}

/** A call that a scripted model suggests. */
export interface ScriptedCall {
  /** Default: `call_1`, `call_2`, … over the whole script. */
  readonly id?: string
  readonly name: string
  /** JSON data, or a text that is sent word for word. */
  readonly arguments?: unknown
}

/** What a scripted model says: answers in order, or a function of the request, counted from 0. */
export type Script =
  | readonly ScriptedAnswer[]
  | ((request: LanguageModelV4CallOptions, index: number) => ScriptedAnswer | Promise<ScriptedAnswer>)

/** A model that says what was written for it, word by word, and keeps the requests that it got. No key, no network. */
export class ScriptedModel implements LanguageModelV4 {
  readonly specificationVersion = 'v4'
  readonly provider = 'scripted'
  readonly modelId: string
  readonly supportedUrls = {}
  /** In a group, names are in `providerOptions.conversable.name`, so that texts can be compared as they were said. */
  readonly speakerNames = 'metadata'
  /** The requests so far, each with a prompt of its own. */
  readonly requests: LanguageModelV4CallOptions[] = []
  readonly #script: Script
  #calls = 0

  constructor(script: Script, options: { readonly modelId?: string } = {}) {
    this.#script = script
    this.modelId = options.modelId ?? 'model'
  }

  /** The prompts of the requests so far. */
  get prompts(): LanguageModelV4Prompt[] {
    return this.requests.map((request) => request.prompt)
  }

  /** Models are only streamed from. */
  doGenerate(): Promise<never> {
    return Promise.reject(new ScriptError('A scripted model is only streamed from: call doStream.'))
  }

  /** @throws ScriptError when the script is used up. */
  async doStream(options: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamResult> {
    const index = this.requests.length
    this.requests.push({ ...options, prompt: [...options.prompt] })
    const answer = await this.#answerTo(options, index)
    const turn = typeof answer === 'string' ? { text: answer } : answer
    await pause(turn.delayMs ?? 0, options.abortSignal)
    if (turn.error !== undefined) throw failureOf(turn)
    const parts = this.#partsOf(turn, options.prompt)
    return { stream: turn.wordDelayMs ? slowStream(parts, turn.wordDelayMs, options.abortSignal) : streamOf(parts) }
  }

  /**
   * Asserts that every answer was asked for.
   *
   * @throws ScriptError naming the first answer that was not.
   */
  assertUsedUp(): void {
    if (typeof this.#script === 'function') return
    const left = this.#script.length - this.requests.length
    if (left <= 0) return
    throw new ScriptError(
      `The script of model ${quote(this.modelId)} has ${left} of ${this.#script.length} answers left, ` +
        `beginning with ${quote(this.#script[this.requests.length])}.`,
    )
  }

  #answerTo(options: LanguageModelV4CallOptions, index: number): ScriptedAnswer | Promise<ScriptedAnswer> {
    if (typeof this.#script === 'function') return this.#script(options, index)
    const answer = this.#script[index]
    if (answer !== undefined) return answer
    const { agent = 'nobody', purpose = 'reply' } = options.providerOptions?.['conversable'] ?? {}
    throw new ScriptError(
      `The script of model ${quote(this.modelId)} is used up: it has ${this.#script.length} answers, and this is request ` +
        `${index + 1}, a request for ${quote(purpose)} of agent ${quote(agent)}. Add an answer, or end the chat earlier.`,
    )
  }

  #partsOf(turn: ScriptedTurn, prompt: LanguageModelV4Prompt): LanguageModelV4StreamPart[] {
    const { text, reasoning, toolCalls = [] } = turn
    const calls = toolCalls.map((call) => ({
      type: 'tool-call' as const,
      toolCallId: call.id ?? `call_${++this.#calls}`,
      toolName: call.name,
      input: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments ?? {}),
    }))
    const said = (text ?? '') + (reasoning ?? '') + calls.map((call) => call.input).join('')
    return [
      { type: 'stream-start', warnings: [] },
      ...(reasoning === undefined ? [] : wordsOf('reasoning', reasoning)),
      ...(text === undefined || text === null ? [] : wordsOf('text', text)),
      ...(turn.breakAfterText ? [{ type: 'error' as const, error: new Error('the connection broke') }] : []),
      ...calls,
      {
        type: 'finish',
        finishReason: { unified: calls.length > 0 ? 'tool-calls' : 'stop', raw: undefined },
        usage: usageOf(turn.usage, said, prompt),
      },
    ]
  }
}

function wordsOf(type: 'text' | 'reasoning', text: string): LanguageModelV4StreamPart[] {
  const deltas = text.match(/\s*\S+\s*/g) ?? (text === '' ? [] : [text])
  return [
    { type: `${type}-start`, id: type },
    ...deltas.map((delta) => ({ type: `${type}-delta` as const, id: type, delta })),
    { type: `${type}-end`, id: type },
  ]
}

function usageOf(
  given: ScriptedTurn['usage'],
  said: string,
  prompt: LanguageModelV4Prompt,
): Extract<LanguageModelV4StreamPart, { type: 'finish' }>['usage'] {
  const input = given?.inputTokens ?? Math.ceil(lettersOf(prompt) / 4)
  const output = given?.outputTokens ?? Math.ceil(said.length / 4)
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
  }
}

function lettersOf(prompt: LanguageModelV4Prompt): number {
  let letters = 0
  for (const { content } of prompt) {
    if (typeof content === 'string') letters += content.length
    else for (const part of content) letters += 'text' in part ? part.text.length : 0
  }
  return letters
}

function failureOf({ error, status = 400 }: ScriptedTurn): Error {
  if (error instanceof Error) return error
  return new APICallError({ message: error ?? 'refused', url: 'scripted:', requestBodyValues: {}, statusCode: status })
}

function streamOf(parts: readonly LanguageModelV4StreamPart[]): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
}

function slowStream(
  parts: readonly LanguageModelV4StreamPart[],
  delayMs: number,
  signal: AbortSignal | undefined,
): ReadableStream<LanguageModelV4StreamPart> {
  let next = 0
  return new ReadableStream({
    async pull(controller) {
      const part = parts[next++]
      if (!part) return controller.close()
      if (part.type === 'text-delta') await pause(delayMs, signal)
      controller.enqueue(part)
    },
  })
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  if (ms === 0) return
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
