import type { Agent } from '../agent.ts'
import type { Prices } from '../ports/prices.ts'
import { unknownPrice } from '../run-budget.ts'
import { entriesOf, nameOf } from './entries.ts'
import { modelIdOf } from './named-call.ts'

/**
 * Refuses to begin with models of which nobody knows what they cost: those of the agents, and of the members inside
 * them. Other models of the run are looked at when they are first asked.
 *
 * @throws ConfigurationError `unknown-price`.
 */
export async function assertPrices(agents: readonly Agent[], prices: Prices): Promise<void> {
  const all = new Set(agents)
  // A set that grows is walked to its end.
  for (const { name, llmConfig, agents: members = [] } of all) {
    for (const member of members) all.add(member)
    for (const { model, price = llmConfig?.price } of llmConfig ? entriesOf(llmConfig) : []) {
      const modelId = modelIdOf(model)
      if (!(price ?? (await prices.of(nameOf(modelId))))) throw unknownPrice(name, modelId)
    }
  }
}
