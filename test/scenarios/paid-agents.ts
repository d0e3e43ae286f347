import { ConversableAgent } from 'conversable'
import { ScriptedModel, type ScriptedTurn } from 'conversable/testing'

/** US dollars for a million tokens. */
export const price = Object.freeze({ input: 1, output: 10 })

/** What each answer takes; 0.0002 dollars at that price. */
export const usage = Object.freeze({ inputTokens: 100, outputTokens: 10 })

/** An agent that always has something new to say, and its model. */
export function speaking(name: string): { readonly agent: ConversableAgent; readonly model: ScriptedModel } {
  const model = new ScriptedModel((_request, index): ScriptedTurn => ({ text: `${name} ${index + 1}`, usage }))
  const llmConfig = { model, price, maxOutputTokens: 50, retry: false as const }
  return { agent: new ConversableAgent({ name, humanInputMode: 'NEVER', llmConfig }), model }
}
