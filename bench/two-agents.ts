import { generateText, type ModelMessage } from 'ai'
import { AssistantAgent, type ChatEvent, type ChatResult } from 'conversable'
import { instantModel, OPENING, readOneStream, SYSTEM_MESSAGE } from './instant-model.ts'
import { repeat, timesOf, type Effort } from './measure.ts'
import { atMost, lineOf, type Figures, type Section } from './table.ts'

const model = instantModel()
const [writer, critic] = ['writer', 'critic'].map(
  (name) =>
    new AssistantAgent({
      name,
      systemMessage: SYSTEM_MESSAGE,
      llmConfig: { model },
      maxConsecutiveAutoReply: Infinity,
    }),
) as [AssistantAgent, AssistantAgent]

/** A chat of two agents with a model each; nobody watches it unless there is a listener. */
export async function holdChat(length: number, listener?: (event: ChatEvent) => void): Promise<ChatResult> {
  const run = writer.initiateChat(critic, { message: OPENING, maxTurns: length / 2 })
  if (listener) run.subscribe(listener)
  const result = await run
  if (result.chatHistory.length !== length) throw new Error(`The chat ended: ${JSON.stringify(result.stopReason)}`)
  return result
}

/** The same chat in a loop around `generateText`: each side has its own view of the messages. */
export async function holdChatWithAi(length: number): Promise<ModelMessage[]> {
  let speaker: ModelMessage[] = [{ role: 'user', content: OPENING }]
  let listener: ModelMessage[] = [{ role: 'assistant', content: OPENING }]
  while (speaker.length < length) {
    const { text } = await generateText({ model, instructions: SYSTEM_MESSAGE, messages: speaker })
    speaker.push({ role: 'assistant', content: text })
    listener.push({ role: 'user', content: text })
    ;[speaker, listener] = [listener, speaker]
  }
  return speaker
}

/** Measures chats of two agents by their length. */
export async function measureTwoAgents(effort: Effort): Promise<Section> {
  const [at50, at200, at1000, at5000] = await timesAMessage([50, 200, 1_000, 5_000], effort)
  const [floorMs = Number.NaN] = await timesOf([() => repeat(effort.messagesAtOnce, readOneStream)], effort)
  const growth = await growthBetween(200, 5_000, effort)
  return {
    title: 'Two agents with a model each, µs a message; the peer is ai',
    lines: [
      lineOf('chat of 50 messages', at50, atMost(1 / 8, at50)),
      lineOf('chat of 200 messages', at200),
      lineOf('chat of 1,000 messages', at1000, atMost(1 / 15, at1000)),
      lineOf('chat of 5,000 messages', at5000),
      { what: '5,000 messages against 200', ours: growth, target: { text: 'at most 2 x', isMet: growth <= 2 } },
      { what: 'floor: a stream of five parts', ours: (floorMs * 1_000) / effort.messagesAtOnce },
    ],
    notes: [
      'conversable streams each answer in five parts, ai is given it whole by doGenerate',
      ...(effort.isQuick ? ['ai was left out at 5,000'] : []),
    ],
  }
}

/** In microseconds, for each length. */
async function timesAMessage<Lengths extends readonly number[]>(
  lengths: readonly [...Lengths],
  effort: Effort,
): Promise<{ readonly [Index in keyof Lengths]: Figures }> {
  const chatsOf = (length: number): number => Math.ceil(effort.messagesAtOnce / length)
  const works = lengths.flatMap((length) => [
    () => repeat(chatsOf(length), () => holdChat(length)),
    () => repeat(chatsOf(length), () => holdChatWithAi(length)),
  ])
  // The longest chat with `ai` takes seconds.
  const times = await timesOf(effort.isQuick ? works.slice(0, -1) : works, effort)
  const figures = lengths.map((length, index): Figures => {
    const [ours = Number.NaN, ai = Number.NaN] = times.slice(2 * index, 2 * index + 2)
    const inMicroseconds = 1_000 / (chatsOf(length) * length)
    return { ours: ours * inMicroseconds, ai: ai * inMicroseconds }
  })
  // One for each length.
  return figures as { readonly [Index in keyof Lengths]: Figures }
}

/** How much more a message takes in a long chat than in a short one; by turns, with nothing else in between. */
async function growthBetween(short: number, long: number, effort: Effort): Promise<number> {
  const [shortMs = Number.NaN, longMs = Number.NaN] = await timesOf(
    [() => repeat(long / short, () => holdChat(short)), () => holdChat(long)],
    effort,
  )
  return longMs / shortMs
}
