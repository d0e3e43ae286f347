import type { Agent } from '../agent.ts'
import type { Selection } from './group.ts'

/** The first candidate behind the last speaker, in the order of the group; the first of all if nobody of it spoke. */
export function nextInOrder({
  group,
  lastSpeaker,
  candidates,
}: Pick<Selection, 'group' | 'lastSpeaker' | 'candidates'>): Agent | undefined {
  const { agents } = group
  const position = agents.findIndex((agent) => agent === lastSpeaker)
  for (let step = 1; step <= agents.length; step++) {
    const agent = agents[(position + step) % agents.length]
    if (agent && candidates.includes(agent)) return agent
  }
  return undefined
}
