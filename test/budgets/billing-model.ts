import {
  APICallError,
  type LanguageModelV4,
  type LanguageModelV4CallOptions,
  type LanguageModelV4StreamPart,
  type LanguageModelV4StreamResult,
  type LanguageModelV4ToolCall,
  type LanguageModelV4Usage,
} from '@ai-sdk/provider'
import type { ModelPrice } from 'conversable'
import { setImmediate } from 'node:timers/promises'

/** What the provider has on its bill for one request. */
export interface Entry {
  readonly agent: string
  readonly tokens: number
  readonly costUsd: number
  /** What the caller was told of it: all, nothing since it never answered, or nothing since it broke off or did not say. */
  readonly told: 'all' | 'no-answer' | 'nothing'
  /** By the clock of the run. */
  readonly at: number
}

/** How a provider fails. `honest` ones fail only by refusing, and bill neither that nor what nobody waits for. */
export interface Manners {
  readonly failures: number
  readonly honest: boolean
}

/** What the models of a run share: chance, a clock that goes on with every request, the bill, and what they say. */
export interface World {
  readonly dice: () => number
  readonly clock: { now: number }
  readonly bill: Entry[]
  readonly manners: Manners
  say(options: LanguageModelV4CallOptions): {
    readonly text?: string
    readonly calls?: readonly LanguageModelV4ToolCall[]
  }
}

/** Every drawer has a price of its own, so far from the others that one which is forgotten breaks the wall. */
export const PRICE: ModelPrice = Object.freeze({
  input: 2,
  output: 9,
  cachedInput: 0.2,
  cacheWrite: 12,
  reasoning: 30,
  requestUsd: 0.003,
})

/** How long an answer is at the most that nobody limits. */
const UNLIMITED = 6_000

/** A model that uses anything up to what a request permits, keeps its own bill, and fails as it likes. */
export function billingModel(world: World): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'billing',
    modelId: 'model',
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('Models are only streamed from.')),
    doStream: (options) => answer(options, world),
  }
}

async function answer(options: LanguageModelV4CallOptions, world: World): Promise<LanguageModelV4StreamResult> {
  const { dice, clock, bill, manners } = world
  const at = clock.now
  // Requests that are made at once begin at the same time.
  await setImmediate()
  clock.now += Math.ceil(dice() * 100)
  const { agent } = options.providerOptions?.['conversable'] ?? {}
  if (typeof agent !== 'string') throw new Error('Nobody is asking.')
  const charge = (told: Entry['told'], usage?: LanguageModelV4Usage): void => {
    bill.push({ agent, told, at, tokens: usage ? total(usage) : 0, costUsd: usage ? costOf(usage) : 0 })
  }
  const fails = dice() < manners.failures
  const kind = manners.honest ? 0 : Math.floor(dice() * 5)
  const usage = usageOf(options, dice)
  // Whoever has hung up hears nothing of the answer, which may be billed all the same.
  if (options.abortSignal?.aborted) {
    charge('no-answer', manners.honest ? undefined : usage)
    throw options.abortSignal.reason
  }
  if (fails && kind === 0) {
    charge('all')
    const statusCode = dice() < 0.5 ? 429 : 503
    throw new APICallError({ message: 'busy', url: 'https://billing.example', requestBodyValues: {}, statusCode })
  }
  if (fails && kind === 1) {
    charge('no-answer', dice() < 0.5 ? usage : undefined)
    throw new TypeError('fetch failed')
  }
  const { text = '', calls = [] } = world.say(options)
  const broken: LanguageModelV4StreamPart = { type: 'error', error: new TypeError('terminated') }
  const start: LanguageModelV4StreamPart[] = [{ type: 'stream-start', warnings: [] }]
  if (fails && kind === 2) {
    charge('nothing', usage)
    return { stream: streamOf([...start, broken]) }
  }
  const words: LanguageModelV4StreamPart[] = [{ type: 'text-delta', id: 't', delta: text }, ...calls]
  if (fails && kind === 3) {
    charge('nothing', usage)
    return { stream: streamOf([...start, ...words, broken]) }
  }
  charge(fails ? 'nothing' : 'all', usage)
  const unified = calls.length > 0 ? ('tool-calls' as const) : ('stop' as const)
  const finish = { type: 'finish' as const, finishReason: { unified, raw: unified }, usage: fails ? UNREPORTED : usage }
  return { stream: streamOf([...start, ...words, finish]) }
}

const UNREPORTED: LanguageModelV4Usage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
}

/** Anything up to a token for each byte of the request, and up to the answer's limit; often exactly that. */
function usageOf(
  { prompt, tools = [], maxOutputTokens = UNLIMITED }: LanguageModelV4CallOptions,
  dice: () => number,
): LanguageModelV4Usage {
  const some = (most: number): number => (dice() < 0.2 ? most : Math.floor(dice() * (most + 1)))
  const input = some(Buffer.byteLength(textsIn(prompt) + tools.map((one) => JSON.stringify(one)).join('')))
  const output = some(maxOutputTokens)
  const cacheRead = some(input)
  const cacheWrite = some(input - cacheRead)
  const reasoning = some(output)
  return {
    inputTokens: { total: input, noCache: input - cacheRead - cacheWrite, cacheRead, cacheWrite },
    outputTokens: { total: output, text: output - reasoning, reasoning },
  }
}

function textsIn(prompt: LanguageModelV4CallOptions['prompt']): string {
  return prompt
    .flatMap(({ content }) =>
      typeof content === 'string'
        ? [content]
        : content.map((part) => ('text' in part ? part.text : JSON.stringify(part))),
    )
    .join('')
}

function total({ inputTokens, outputTokens }: LanguageModelV4Usage): number {
  return (inputTokens.total ?? 0) + (outputTokens.total ?? 0)
}

/** Reckoned as a provider does it, by what is in each drawer. */
function costOf({ inputTokens, outputTokens }: LanguageModelV4Usage): number {
  const { input, output, cachedInput = 0, cacheWrite = 0, reasoning = 0, requestUsd = 0 } = PRICE
  const inMillionths =
    (inputTokens.noCache ?? 0) * input +
    (inputTokens.cacheRead ?? 0) * cachedInput +
    (inputTokens.cacheWrite ?? 0) * cacheWrite +
    (outputTokens.text ?? 0) * output +
    (outputTokens.reasoning ?? 0) * reasoning
  return requestUsd + inMillionths / 1e6
}

function streamOf(parts: readonly LanguageModelV4StreamPart[]): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
}
