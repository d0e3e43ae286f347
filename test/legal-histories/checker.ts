import type { LanguageModelV4CallOptions, LanguageModelV4Prompt } from '@ai-sdk/provider'

type PromptMessage = LanguageModelV4Prompt[number]

/**
 * What providers refuse in a request: a call without exactly one answer directly behind its message, an answer without
 * its call, two calls of one id in a message. Empty for a legal history.
 */
export function violationsIn(prompt: LanguageModelV4Prompt): string[] {
  return prompt.flatMap((message, index) => {
    const calls = callsIn(message)
    const next = prompt[index + 1]
    const answers = next?.role === 'tool' ? answersIn(next) : []
    const doubled = calls.filter((id, at) => calls.indexOf(id) !== at)
    const problems = doubled.map((id) => `message ${index} calls ${id} twice`)
    if (calls.length > 0 && calls.toSorted().join() !== answers.toSorted().join())
      problems.push(`message ${index} calls ${calls.join()}, and what follows answers ${answers.join() || 'nothing'}`)
    if (message.role === 'tool' && callsIn(prompt[index - 1]).length === 0)
      problems.push(`message ${index} answers ${answersIn(message).join()}, which nobody called in front of it`)
    return problems
  })
}

/** Which reasoning goes with which call of an agent, as its model thought it. */
export class ReasoningBook {
  readonly #thought = new Map<string, string>()

  /** Takes note of an answer with reasoning and calls. */
  note(agent: string, reasoning: string, callIds: readonly string[]): void {
    for (const id of callIds) this.#thought.set(`${agent}/${id}`, reasoning)
  }

  /** Reasoning that a request has lost beside its calls, or that it shows to somebody else. */
  violationsIn({ prompt, providerOptions }: LanguageModelV4CallOptions): string[] {
    const { agent, purpose } = { agent: '', purpose: 'reply', ...providerOptions?.['conversable'] }
    return prompt.flatMap((message, index) => {
      const shown = reasoningIn(message)
      const own = callsIn(message).flatMap((id) => this.#thought.get(`${agent}/${id}`) ?? [])
      if (purpose === 'reply' && own.some((reasoning) => !shown.includes(reasoning)))
        return [`message ${index} has lost the reasoning of its calls`]
      const strange = shown.filter((reasoning) => !reasoning.startsWith(`${agent} thinks`))
      return strange.map((reasoning) => `message ${index} shows ${agent} the reasoning "${reasoning}"`)
    })
  }
}

function callsIn(message: PromptMessage | undefined): string[] {
  if (message?.role !== 'assistant') return []
  return message.content.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : []))
}

function answersIn(message: PromptMessage): string[] {
  if (message.role !== 'tool') return []
  return message.content.flatMap((part) => (part.type === 'tool-result' ? [part.toolCallId] : []))
}

function reasoningIn(message: PromptMessage): string[] {
  if (message.role !== 'assistant') return []
  return message.content.flatMap((part) => (part.type === 'reasoning' ? [part.text] : []))
}
