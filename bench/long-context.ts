import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import {
  AssistantAgent,
  ConversableAgent,
  MessageTokenLimiter,
  tokenCounterFor,
  TransformMessages,
  type ContextWindow,
} from 'conversable'
import { instantModel, OPENING, SYSTEM_MESSAGE } from './instant-model.ts'
import { median, type Effort } from './measure.ts'
import type { Section } from './table.ts'

const WINDOW = 8_000
const EARLY = { from: 200, to: 400 }
const LATE = { from: 800, to: 1_000 }

/** How a chat is kept short, and its times in µs a message. */
interface Course {
  readonly early: number
  readonly late: number
  /** Of one request for a conversation of 1,000 messages that nobody has counted, in milliseconds. */
  readonly first: number
}

/** Measures what a message costs with a history that has to be cut down, early and late in a chat of 1,000 messages. */
export async function measureLongContext(effort: Effort): Promise<Section> {
  const tokenCounter = await tokenCounterFor('openai/gpt-5')
  const limiter = new TransformMessages({
    transforms: [new MessageTokenLimiter({ maxTokens: WINDOW, tokenCounter })],
    verbose: false,
  })
  const whole = await courseOf(() => agentWith(), effort)
  const window = await courseOf(() => agentWith({ maxInputTokens: WINDOW, tokenCounter }), effort)
  const limited = await courseOf(() => {
    const agent = agentWith()
    limiter.addToAgent(agent)
    return agent
  }, effort)
  return {
    title: `A chat of 1,000 messages of 100 tokens that a model sees ${WINDOW} tokens of, µs of processor time a message`,
    lines: [
      { what: 'all of it, messages 200 to 400', ours: whole.early },
      { what: 'all of it, messages 800 to 1,000', ours: whole.late },
      ...linesOf('window', window),
      ...linesOf('limiter', limited),
      { what: 'window, first request of 1,000, ms', ours: window.first },
    ],
    notes: [
      'each text is new, and is counted with the tokenizer of GPT-5; limiter: MessageTokenLimiter',
      'first request: of a conversation that was loaded, with 1,000 messages to count',
    ],
  }
}

function linesOf(what: string, { early, late }: Course): Section['lines'] {
  const growth = late / early
  return [
    { what: `${what}, messages ${EARLY.from} to ${EARLY.to}`, ours: early },
    { what: `${what}, messages ${LATE.from} to 1,000`, ours: late },
    { what: `${what}, late against early`, ours: growth, target: { text: 'at most 1.5 x', isMet: growth <= 1.5 } },
  ]
}

async function courseOf(agent: () => ConversableAgent, { repetitions }: Effort): Promise<Course> {
  const early: number[] = []
  const late: number[] = []
  const first: number[] = []
  // The first one is for the compiler; many, for some meet the garbage collector.
  for (let repetition = 0; repetition <= 4 * repetitions; repetition++) {
    const times: number[] = []
    const chat = asker(repetition).initiateChat(agent(), { message: OPENING, maxTurns: LATE.to / 2 })
    chat.subscribe(({ type }) => void (type === 'message' && times.push(processorTime())))
    const { conversation } = await chat
    if (times.length !== LATE.to) throw new Error(`The chat ended after ${times.length} messages.`)
    const start = processorTime()
    await asker(repetition).initiateChat(agent(), { message: 'More.', maxTurns: 1, conversation })
    if (repetition === 0) continue
    early.push(timeBetween(times, EARLY))
    late.push(timeBetween(times, LATE))
    first.push((processorTime() - start) / 1_000)
  }
  return { early: median(early), late: median(late), first: median(first) }
}

/** What the process has used so far, in µs: the differences are small, and the machine may have other work. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Microseconds a message. */
function timeBetween(times: readonly number[], { from, to }: { readonly from: number; readonly to: number }): number {
  return ((times[to - 1] ?? Number.NaN) - (times[from - 1] ?? Number.NaN)) / (to - from)
}

function agentWith(contextWindow?: ContextWindow): ConversableAgent {
  return new AssistantAgent({
    name: 'assistant',
    systemMessage: SYSTEM_MESSAGE,
    llmConfig: { model: numberedModel(), ...(contextWindow && { contextWindow }) },
    maxConsecutiveAutoReply: Infinity,
  })
}

/** An agent without a model that always says something new. */
function asker(run: number): ConversableAgent {
  let turn = 0
  const agent = new ConversableAgent({ name: 'user', humanInputMode: 'NEVER', maxConsecutiveAutoReply: Infinity })
  return agent.registerReply(
    () => true,
    () => ({ message: numbered(`Question ${run}.${++turn}`) }),
    { position: 'last' },
  )
}

/** A model that answers at once, with a text of its own each time. */
function numberedModel(): LanguageModelV4 {
  let answers = 0
  return {
    ...instantModel(),
    async doStream() {
      const text = numbered(`Answer ${++answers}`)
      return {
        stream: new ReadableStream<LanguageModelV4StreamPart>({
          start(controller) {
            controller.enqueue({ type: 'text-start', id: 'text' })
            controller.enqueue({ type: 'text-delta', id: 'text', delta: text })
            controller.enqueue({ type: 'text-end', id: 'text' })
            controller.enqueue({ type: 'finish', finishReason: { unified: 'stop', raw: undefined }, usage: USAGE })
            controller.close()
          },
        }),
      }
    },
  }
}

const USAGE = {
  inputTokens: { total: 20, noCache: 20, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 20, text: 20, reasoning: 0 },
} as const

/** About 100 tokens, the same in no other message. */
function numbered(what: string): string {
  return `${what} is about${OPENING.slice(5)}${` and ${what}`.repeat(3)}`
}
