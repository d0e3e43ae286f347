import { ScriptedModel } from 'conversable/testing'

const FIRST_ATTEMPT = `Plan: read the prices, compare the last month of each stock with the month twelve months before it, sort by the gain.

\`\`\`javascript
const { readFileSync } = require('node:fs')

const rows = readFileSync('stocks.csv', 'utf8').trim().split('\\n').slice(1)
console.log(\`\${rows.length} rows\`)
\`\`\``

const CORRECTED = `There is no \`require\` here: the program has \`readFile\` for that. Corrected, and with the rest of the plan:

\`\`\`javascript
const rows = readFile('stocks.csv').trim().split('\\n').slice(1).map((row) => row.split(','))
const stocks = Object.groupBy(rows, ([symbol]) => symbol)

const gains = Object.entries(stocks).map(([symbol, months]) => {
  const [, until, price] = months.at(-1)
  const [, since, before] = months.at(-13)
  return { symbol, since, until, percent: (price / before - 1) * 100 }
})
gains.sort((a, b) => b.percent - a.percent)
for (const { symbol, since, until, percent } of gains) {
  console.log(\`\${symbol} \${percent.toFixed(1)} % (\${since} to \${until})\`)
}
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
