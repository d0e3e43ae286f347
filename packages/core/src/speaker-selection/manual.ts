import type { Agent } from '../agent.ts'
import { askPerson } from '../person.ts'
import type { Selection } from './group.ts'
import { nextInOrder } from './order.ts'

const TRIES = 3

/** Lets a person pick by number. Enter, `q`, or three numbers that are not on the list leave it to the order. */
export async function selectByHand(selection: Selection): Promise<Agent | undefined> {
  const { candidates, turn } = selection
  const list = candidates.map(({ name }, index) => `${index + 1}: ${name}`)
  turn.emit({ type: 'notice', text: ['Please select the next speaker from the following list:', ...list].join('\n') })
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const answer = await askPerson(turn, {
      agent: turn.recipient,
      conversation: turn.conversation,
      prompt: 'Enter the number of the next speaker (enter nothing or `q` to use auto selection): ',
      purpose: 'speaker',
    })
    if (answer.trim() === '' || answer.trim() === 'q' || answer === 'exit') break
    const chosen = /^\d+$/.test(answer.trim()) ? candidates[Number(answer) - 1] : undefined
    if (chosen) return chosen
    turn.emit({ type: 'notice', text: `Invalid input. Please enter a number between 1 and ${candidates.length}.` })
    if (attempt === TRIES) {
      turn.emit({
        type: 'notice',
        text: `You have tried ${TRIES} times. The next speaker will be selected automatically.`,
      })
    }
  }
  return nextInOrder(selection)
}
