import { collectedHeap, heapHeldBy, settledHeap } from './measure.ts'
import type { Section } from './table.ts'
import { holdChat } from './two-agents.ts'

/** Measures what a message of a long chat holds, its text not counted: there are seven texts in all. */
export async function measureLongChat(): Promise<Section> {
  await heapWhileHeld(1_000)
  const at5000 = (await heapWhileHeld(5_000)) / 5_000
  const at20000 = (await heapWhileHeld(20_000)) / 20_000
  const ended = (await heapHeldBy(() => holdChat(20_000))) / 20_000
  return {
    title: 'One long chat, bytes a message beside its text',
    lines: [
      { what: 'held, of 5,000 messages', ours: at5000 },
      {
        what: 'held, of 20,000 messages',
        ours: at20000,
        target: { text: 'linear', isMet: at20000 <= 1.2 * at5000 },
      },
      { what: 'ended, of 20,000 messages', ours: ended },
    ],
    notes: [
      'held: with the prompts of both agents; linear: at most a fifth more than at 5,000, for lists that grow ahead',
    ],
  }
}

/** The bytes that a chat holds behind its last message, before it ends. */
async function heapWhileHeld(length: number): Promise<number> {
  const before = await settledHeap()
  let held = 0
  await holdChat(length, ({ type }) => {
    if (type === 'chat-end') held = collectedHeap() - before
  })
  return held
}
