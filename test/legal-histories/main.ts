import { parseArgs } from 'node:util'
import { play } from './play.ts'
import { Tally } from './tally.ts'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
})
const [runs, first] = [Number(values.runs), Number(values.seed)]
const start = performance.now()
const tally = new Tally()
for (let seed = first; seed < first + runs; seed++) tally.add(await play(seed))
console.log(
  `${tally.report()}\nseeds ${first} to ${first + runs - 1}, in ${((performance.now() - start) / 1_000).toFixed(1)} s`,
)
if (tally.problems.length > 0) process.exitCode = 1
