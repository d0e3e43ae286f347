/** Names the steps of a run: by their key, with `#2` behind it when the key comes the second time, and so on. */
export class StepNames {
  readonly #counts = new Map<string, number>()

  /** The name of the step that begins now. */
  next(key: string): string {
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    return count === 1 ? key : `${key}#${count}`
  }
}

/** Whose step it is, in which turn (the index of the message that is being written), and of which kind. */
export interface StepPlace {
  readonly step: string
  readonly agent?: string
  readonly turn?: number
  readonly kind?: string
}

/** Reads turn and kind from the name of a step: `<id of a message>/<agent>.<kind>`. */
export function placeOf(step: string, agent: string | undefined): StepPlace {
  if (agent === undefined || agent === '') return { step }
  const end = step.lastIndexOf(`/${agent}.`)
  const turn = /\/(\d+)$/.exec(step.slice(0, Math.max(end, 0)))?.[1]
  return turn === undefined
    ? { step, agent }
    : { step, agent, turn: Number(turn), kind: step.slice(end + agent.length + 2) }
}

/** The place in words: `agent "coder", turn 3`, with the kind of a step that asks no model for a reply. */
export function placeText({ step, agent, turn, kind }: StepPlace): string {
  if (agent === undefined || turn === undefined) return `step ${JSON.stringify(step)}`
  return `agent ${JSON.stringify(agent)}, turn ${turn}${kind === 'model' ? '' : ` (${kind})`}`
}
