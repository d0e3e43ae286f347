// Two agents talk about an order; what the program gets is no text but data of a schema, checked and typed. The first
// answer of the model does not fit, and goes back with what is wrong.
import { AssistantAgent, textOf, UserProxyAgent } from 'conversable'
import { ScriptedModel } from 'conversable/testing'
import { z } from 'zod'

console.log('The model is scripted: what the waiter says, and what is noted of it.\n')

const order = z.object({
  dishes: z.array(z.object({ name: z.string(), count: z.number().int().positive() })).min(1),
  table: z.number().int(),
  allergies: z.string().optional(),
})

const waiter = new AssistantAgent({
  name: 'waiter',
  systemMessage: 'You take orders in a restaurant, and repeat what was ordered.',
  llmConfig: {
    model: new ScriptedModel([
      'Two soups and a salad for table seven. Anything that you must not eat?',
      'No nuts. It will be with you in ten minutes.',
      '{"dishes":[{"name":"soup","count":"two"},{"name":"salad","count":1}],"table":7}',
      '{"dishes":[{"name":"soup","count":2},{"name":"salad","count":1}],"table":7,"allergies":"nuts"}',
    ]),
  },
})
const guest = new UserProxyAgent({
  name: 'guest',
  humanInputMode: 'NEVER',
  defaultAutoReply: 'No nuts, please.',
})

const run = guest.initiateChat(waiter, {
  message: 'Two soups and a salad, please. We sit at table seven.',
  maxTurns: 2,
  output: { schema: order },
})
run.subscribe((event) => {
  if (event.type === 'message') console.log(`${event.message.name}: ${textOf(event.message)}`)
  if (event.type === 'output-reject') console.log(`\nRejected: ${event.text}\n  ${event.problems.join('\n  ')}`)
})

const { output } = await run
const items = output.dishes.map(({ name, count }) => `${count} x ${name}`)
console.log(
  `\nFor the kitchen: table ${output.table}, ${items.join(', ')}; not to have: ${output.allergies ?? 'nothing'}`,
)
