import { ScriptedModel } from 'conversable/testing'

const FIRST_ATTEMPT = `Plan: read the prices, compare the last month of each stock with the month twelve months before it, sort by the gain.

\`\`\`python
import csv

with open('stocks.csv') as file:
    rows = list(csv.DictReader(file))

prices = {}
for row in rows:
    prices.setdefault(row['symbol'], []).append(row['price'])

for symbol, values in prices.items():
    print(symbol, (values[-1] / values[-13] - 1) * 100)
\`\`\``

const CORRECTED = `What the csv module reads is text, so the prices must be made numbers. Corrected, and sorted by the gain:

\`\`\`python
import csv

with open('stocks.csv') as file:
    rows = list(csv.DictReader(file))

months = {}
for row in rows:
    months.setdefault(row['symbol'], []).append((row['date'], float(row['price'])))

gains = []
for symbol, values in months.items():
    (since, before), (until, price) = values[-13], values[-1]
    gains.append(((price / before - 1) * 100, symbol, since, until))

for percent, symbol, since, until in sorted(gains, reverse=True):
    print(f'{symbol} {percent:.1f} % ({since} to {until})')
\`\`\``

/**
 * Stands in for a model: first a plan with a program that cannot work, then the program corrected, then the answer. The
 * figure in the answer is not written here: it is read from what the program printed.
 */
export function scriptedAssistant(): ScriptedModel {
  return new ScriptedModel(({ prompt }) => {
    const { content } = prompt.at(-1) ?? { content: '' }
    const parts = typeof content === 'string' ? [{ text: content }] : content
    const last = parts.map((part) => ('text' in part ? part.text : '')).join('')
    if (last.startsWith('exitcode: 0')) return answerFrom(last)
    if (last.startsWith('exitcode:')) return CORRECTED
    const isFirst = prompt.every(({ role }) => role !== 'assistant')
    return isFirst ? FIRST_ATTEMPT : `My lines are scripted, so I can only go on as planned.\n\n${CORRECTED}`
  })
}

/** The program prints the stocks by their gain, so the first of its lines is the answer. */
function answerFrom(output: string): string {
  const [, symbol, percent, period] = /Code output: (\w+) (-?[\d.]+ %) \((.+)\)/.exec(output) ?? []
  const answer = `${symbol} gained most in the last year of the data: ${percent} (${period}).`
  return `${symbol === undefined ? 'The program printed something else than I expected.' : answer}\n\nTERMINATE`
}
