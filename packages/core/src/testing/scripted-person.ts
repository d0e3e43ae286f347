import type { HumanInput, HumanQuestion } from '../ports/human-input.ts'
import { quote } from '../util/quote.ts'
import { ScriptError } from './script-error.ts'

/** A person that answers what was written for it, and keeps the questions. */
export interface ScriptedPerson {
  readonly humanInput: HumanInput
  readonly questions: readonly HumanQuestion[]
  /** @throws ScriptError if an answer was not asked for. */
  assertUsedUp(): void
}

/** Makes a person that gives these answers, one for each question, whoever asks. */
export function scriptedPerson(answers: readonly string[]): ScriptedPerson {
  const questions: HumanQuestion[] = []
  return {
    questions,
    humanInput(question) {
      questions.push(question)
      const answer = answers[questions.length - 1]
      if (answer !== undefined) return answer
      throw new ScriptError(
        `The scripted person has ${answers.length} answers, and agent ${quote(question.agent)} asks once more: ${quote(question.prompt)}.`,
      )
    },
    assertUsedUp() {
      if (questions.length >= answers.length) return
      throw new ScriptError(`The scripted person was never asked for ${quote(answers[questions.length])}.`)
    },
  }
}
