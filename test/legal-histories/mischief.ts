import type { LanguageModelV3, LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { tool, type Tool } from 'conversable'
import { ScriptedModel, type ScriptedAnswer, type ScriptedCall } from 'conversable/testing'
import { ReasoningBook, violationsIn } from './checker.ts'
import { Dice } from './dice.ts'

/** What was seen of one conversation. */
export class Watch {
  readonly violations: string[] = []
  readonly book: ReasoningBook = new ReasoningBook()
  requests = 0
  calls = 0
  cancelled = 0
  failed = 0
  trims = 0

  /** Reads a request on its way out. */
  read(request: LanguageModelV4CallOptions): void {
    this.requests++
    this.violations.push(...violationsIn(request.prompt), ...this.book.violationsIn(request))
  }
}

/** The names of those who may be in a group. */
export const MEMBERS: readonly string[] = ['ann', 'bob', 'cyn']

/** What models call; seldom also `hang`, which ends when it is cancelled. */
const NAMES: readonly string[] = ['work', 'hand_over', 'wait', 'fail', 'junk', 'nobody_has_it']

/** Tools that do what tools do: work, take their time, throw, never come back, give what is no JSON. */
export const TOOLS: readonly Tool[] = [
  toolOf('work', (dice) => (dice.happens(0.5) ? `worked ${dice.between(1, 99)}` : { ok: true, n: dice.roll() })),
  toolOf('hand_over', (dice) => dice.one(MEMBERS)),
  toolOf('wait', () => new Promise((resolve) => void setImmediate(() => resolve('waited')))),
  toolOf('fail', (dice) => {
    throw dice.one<unknown>([new Error('broken'), null, 'a text', { code: 7 }])
  }),
  toolOf('hang', () => new Promise(() => {})),
  toolOf('junk', (dice) => dice.one(JUNK)(dice)),
]

const JUNK: readonly ((dice: Dice) => unknown)[] = [
  () => undefined,
  () => '',
  () => Number.NaN,
  () => 10n,
  () => Symbol('junk'),
  () => () => 'a function',
  () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    return circle
  },
  () => ({ toJSON: () => undefined }),
  () => 'half a character \ud83d',
  (dice) => 'long '.repeat(dice.between(1, 2_000)),
  () => JSON.parse('{"__proto__":{"x":1}}') as unknown,
]

/** The dice of a tool come with its arguments, so that a call gives the same whenever it is made. */
function toolOf(name: string, execute: (dice: Dice) => unknown): Tool {
  return tool<{ readonly seed?: number }>({
    name,
    description: 'Does something.',
    parameters: { type: 'object', properties: { seed: { type: 'integer' } }, additionalProperties: false },
    // What a tool gives is typed; these are the tools of people who do not care.
    execute: (args) => execute(new Dice(args.seed ?? 0)) as never,
  })
}

/** How an agent's model behaves. */
export interface Manners {
  readonly agent: string
  readonly dice: Dice
  readonly watch: Watch
  /** Whose names it may say as the next speaker. */
  readonly names: readonly string[]
  /** Says something short to whatever it is asked. */
  readonly isCalm: boolean
}

/** A model of one of two providers, that answers in every way in which models do. */
export function modelOf(manners: Manners): LanguageModelV4 | LanguageModelV3 {
  const { dice, watch } = manners
  let answers = 0
  const model = new ScriptedModel(
    (request) => {
      watch.read(request)
      return answerOf(manners, request, ++answers)
    },
    { modelId: dice.one(['gpt-4o', 'small-model']) },
  )
  if (dice.happens(0.7)) return model
  return {
    specificationVersion: 'v3',
    provider: 'older',
    modelId: model.modelId,
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('only streamed from')),
    // The third version streams the same parts.
    doStream: (options) => model.doStream(options as LanguageModelV4CallOptions) as never,
  }
}

function answerOf(manners: Manners, { tools, providerOptions }: LanguageModelV4CallOptions, n: number): ScriptedAnswer {
  const { agent, dice, names, isCalm } = manners
  const { purpose } = { purpose: 'reply', ...providerOptions?.['conversable'] }
  if (purpose === 'select-speaker') return dice.one([...names, 'nobody', ''])
  const text = `${agent} says ${dice.between(1, 1e9)}. ${'More. '.repeat(dice.between(0, 30))}`
  if (isCalm || purpose !== 'reply') return text
  if (tools && dice.happens(0.6)) return callsOf(manners, n)
  if (dice.happens(0.04)) return { error: 'refused', status: dice.one([400, 500]) }
  if (dice.happens(0.04)) return { text, breakAfterText: true }
  return dice.one<ScriptedAnswer>([text, text, '', { text: null }, { reasoning: `${agent} thinks aloud`, text }])
}

function callsOf({ agent, dice, watch }: Manners, n: number): ScriptedAnswer {
  const thinks = dice.happens(0.4)
  const calls = Array.from({ length: dice.between(1, 4) }, (_none, index): ScriptedCall => {
    const name = dice.one([...NAMES, ...(dice.happens(0.1) ? ['hang'] : [])])
    // Small models leave ids out, and use them twice; where something was thought, the id tells what.
    const id = thinks
      ? `${agent}_${n}_${index}_${dice.between(1, 1e9)}`
      : dice.one(['', 'call_1', `c${n}`, `c${n}_${index}`])
    const seed = dice.between(0, 1e9)
    return { id, name, arguments: dice.happens(0.85) ? { seed } : dice.one(['{', '', '[1]', '"text"', { seed: 'no' }]) }
  })
  watch.calls += calls.length
  if (!thinks) return { text: dice.one([null, 'Let me see.']), toolCalls: calls }
  const reasoning = `${agent} thinks of ${n}`
  watch.book.note(
    agent,
    reasoning,
    calls.map((call) => call.id ?? ''),
  )
  return { reasoning, text: null, toolCalls: calls }
}
