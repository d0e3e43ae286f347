import { heapHeldBy, timesOf, type Effort, type Work } from './measure.ts'
import { atLeast, lineOf, type Section } from './table.ts'
import { holdChat, holdChatWithAi } from './two-agents.ts'

const CHATS = 500
const LENGTH = 20

/** Measures many chats that are held at once, all of them by the same two agents. */
export async function measureManyChats(effort: Effort): Promise<Section> {
  const works = [() => atOnce(() => holdChat(LENGTH)), () => atOnce(() => holdChatWithAi(LENGTH))]
  const times = await timesOf(works, { ...effort, repetitions: Math.ceil(effort.repetitions / 2) })
  const [ours = Number.NaN, ai = Number.NaN] = times.map((ms) => (CHATS * LENGTH * 1_000) / ms)
  const held = []
  for (const work of works) held.push((await heapHeldBy(work)) / CHATS)
  const [heldByOurs = Number.NaN, heldByAi = Number.NaN] = held
  return {
    title: '500 chats of 20 messages at once; the peer is ai',
    lines: [
      lineOf('messages a second', { ours, ai }, atLeast(5, { ours, ai })),
      lineOf('bytes held by a chat that ended', { ours: heldByOurs, ai: heldByAi }),
    ],
    notes: ['held by a chat: its result, and by ai its list of messages; one set of texts is shared by all'],
  }
}

function atOnce(work: Work): Promise<unknown[]> {
  return Promise.all(Array.from({ length: CHATS }, work))
}
