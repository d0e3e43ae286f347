// A currency calculator: the model of one agent suggests calls, the other agent runs them. The second tool takes and
// gives an object instead of single values.
import { AssistantAgent, textOf, tool, UserProxyAgent } from 'conversable'
import { printTranscript } from 'conversable/console'
import { ScriptedModel, type ScriptedAnswer } from 'conversable/testing'
import { z } from 'zod'

console.log("The chatbot's lines and calls are scripted; the tools are really run.\n")

const CurrencySymbol = z.enum(['USD', 'EUR'])
const Currency = z.object({
  currency: CurrencySymbol.describe('Currency symbol'),
  amount: z.number().min(0).default(0).describe('Amount of currency'),
})
type CurrencySymbol = z.infer<typeof CurrencySymbol>

function exchangeRate(base: CurrencySymbol, quote: CurrencySymbol): number {
  return base === quote ? 1 : base === 'USD' ? 1 / 1.1 : 1.1
}

const currencyCalculator = tool({
  name: 'currency_calculator',
  description: 'Currency exchange calculator.',
  parameters: z.object({
    baseAmount: z.number().describe('Amount of currency in baseCurrency'),
    baseCurrency: CurrencySymbol.default('USD').describe('Base currency'),
    quoteCurrency: CurrencySymbol.default('EUR').describe('Quote currency'),
  }),
  execute: ({ baseAmount, baseCurrency, quoteCurrency }) =>
    `${(exchangeRate(baseCurrency, quoteCurrency) * baseAmount).toFixed(2)} ${quoteCurrency}`,
})

const currencyConverter = tool({
  name: 'currency_converter',
  description: 'Converts an amount of one currency into another currency.',
  parameters: z.object({ base: Currency, quoteCurrency: CurrencySymbol.default('USD').describe('Quote currency') }),
  execute({ base, quoteCurrency }): z.infer<typeof Currency> {
    const amount = exchangeRate(base.currency, quoteCurrency) * base.amount
    return { currency: quoteCurrency, amount: Number(amount.toFixed(2)) }
  },
})

/** Suggests a call first, and then says what the call gave. */
function scripted(name: string, args: object, answer: (result: string) => string): ScriptedModel {
  return new ScriptedModel(({ prompt }): ScriptedAnswer => {
    const last = prompt.at(-1)
    if (last?.role !== 'tool') return { toolCalls: [{ name, arguments: args }] }
    const [part] = last.content
    const result = part?.type === 'tool-result' && part.output.type === 'text' ? part.output.value : 'unknown'
    return `${answer(result)} TERMINATE`
  })
}

async function ask(message: string, model: ScriptedModel): Promise<void> {
  const chatbot = new AssistantAgent({
    name: 'chatbot',
    systemMessage: 'For currency exchange, use the tools you have only. Reply TERMINATE when the task is done.',
    llmConfig: { model },
  })
  const userProxy = new UserProxyAgent({
    name: 'user_proxy',
    humanInputMode: 'NEVER',
    isTerminationMsg: (received) => textOf(received).endsWith('TERMINATE'),
  })
  for (const calculator of [currencyCalculator, currencyConverter]) {
    chatbot.registerForLLM(calculator)
    userProxy.registerForExecution(calculator)
  }
  await printTranscript(userProxy.initiateChat(chatbot, { message }))
}

const dollars = scripted('currency_calculator', { baseAmount: 123.45 }, (result) => `123.45 USD are ${result}.`)
await ask('How much is 123.45 USD in EUR?', dollars)

const euros = scripted('currency_converter', { base: { currency: 'EUR', amount: 112.23 } }, (result) => {
  return `112.23 Euros are ${Currency.parse(JSON.parse(result)).amount} USD.`
})
await ask('How much is 112.23 Euros in US Dollars?', euros)
