// An analyst answers a question about a file by programs, and draws a plot: with matplotlib where programs have it, and
// otherwise as an SVG that the program writes itself.
//
//   npm run example -- data-analysis                         the plot stays in a fresh folder
//   npm run example -- data-analysis FOLDER --executor wasm  in that folder, with that executor
import { copyFile, mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import {
  createCodeExecutor,
  formatFunctionsForPrompt,
  type ExecutorChoice,
  type PythonFunction,
} from '@conversable/executors'
import { AssistantAgent, textOf, UserProxyAgent } from 'conversable'
import { printTranscript } from 'conversable/console'
import { terminalPictures } from 'conversable/node'
import { scriptedAnalyst } from './script.ts'

console.log("The analyst's lines are scripted; the programs, what they print and what they draw are real.\n")

const QUESTION =
  'When did renewables begin to give more electricity than nuclear power in Iowa, and what was their share in the last ' +
  'year of the data? Draw a plot of all sources.'

/** What every program needs is given to it, so that no model has to write it again. */
const generation: PythonFunction = {
  source: `
    def generation() -> dict[str, dict[int, int]]:
        """Electricity generated in Iowa in thousand megawatt hours, by source, then by year."""
        result = {}
        with open('electricity.csv') as file:
            for row in csv.DictReader(file):
                result.setdefault(row['source'], {})[int(row['year'][:4])] = int(row['net_generation'])
        return result
  `,
  imports: ['import csv'],
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { executor: { type: 'string', default: 'auto' } },
})
const [folder] = positionals
const workDir = folder === undefined ? await mkdtemp(join(tmpdir(), 'data-analysis-')) : resolve(folder)
await mkdir(workDir, { recursive: true })
await copyFile(new URL('electricity.csv', import.meta.url), join(workDir, 'electricity.csv'))

const functions = [generation]
// createCodeExecutor says itself which names there are.
await using executor = await createCodeExecutor(values.executor as ExecutorChoice, {
  workDir,
  functions,
  // The first import of matplotlib takes a while on a busy machine.
  limits: { timeoutMs: 60_000 },
  log: console.log,
})
const analyst = new AssistantAgent({
  name: 'analyst',
  systemMessage: `You answer questions about data by programs in Python, each whole and in a block fenced as \`\`\`python. What one prints comes back.
Draw with matplotlib and save as plot.png; if there is no matplotlib, write plot.svg yourself. Take figures from what was printed.
When you have the answer, give it in a sentence, and end your message with the word TERMINATE.

${formatFunctionsForPrompt(functions)}`,
  llmConfig: { model: scriptedAnalyst() },
})
const user = new UserProxyAgent({
  name: 'user',
  humanInputMode: 'NEVER',
  maxConsecutiveAutoReply: 5,
  isTerminationMsg: (message) => textOf(message).trimEnd().endsWith('TERMINATE'),
  codeExecutionConfig: { executor },
})

const pictures: string[] = []
const run = user.initiateChat(analyst, { message: QUESTION }).subscribe((event) => {
  if (event.type !== 'code-end') return
  for (const { mime, file } of event.artifacts) if (mime.startsWith('image/') && file !== undefined) pictures.push(file)
})
await printTranscript(run, { pictures: terminalPictures() })
console.log(`\nThe plot stays here: ${pictures.join(', ')}`)
