import { expect, test } from 'vitest'
import { AssistantAgent, UserProxyAgent, type Artifact, type ChatEvent, type EventOf, type Runtime } from 'conversable'
import { transcriptPrinter, type PrintOptions } from 'conversable/console'
import { ScriptedExecutor, ScriptedModel, TapePlayer, TapeRecorder } from 'conversable/testing'

const artifact = (path: string, mime: string, file?: string): Artifact => ({
  path,
  mime,
  size: 3,
  origin: 'file',
  ...(file !== undefined && { file }),
  read: async () => new Uint8Array(3),
})
const ARTIFACTS = [
  artifact('a.csv', 'text/csv', '/pictures/a.csv'),
  artifact('plot.png', 'image/png', '/pictures/plot.png'),
  artifact('\u001B[2J\n.svg', 'image/svg+xml'),
]

async function chat(runtime?: Runtime, print?: PrintOptions): Promise<ChatEvent[]> {
  const executor = new ScriptedExecutor([{ exitCode: 0, output: 'drawn\n', artifacts: ARTIFACTS }])
  const model = new ScriptedModel(['Run this:\n```python\ndraw()\n```', 'TERMINATE'])
  const coder = new AssistantAgent({ name: 'coder', llmConfig: { model } })
  const user = new UserProxyAgent({
    name: 'user',
    humanInputMode: 'NEVER',
    isTerminationMsg: ({ content }) => content === 'TERMINATE',
    codeExecutionConfig: { executor },
  })
  const run = user.initiateChat(coder, { message: 'Go.', ...(runtime && { runtime }) })
  if (print) run.subscribe(transcriptPrinter(print))
  const events: ChatEvent[] = []
  for await (const event of run) events.push(event)
  return events
}

function ends(events: readonly ChatEvent[]): EventOf<'code-end'>[] {
  return events.filter((event) => event.type === 'code-end')
}

test('the end of code tells of the files that it left, as plain JSON, and so does a repeated run', async () => {
  const recorder = new TapeRecorder()
  const [end] = ends(await chat(recorder))
  const player = new TapePlayer(recorder.toJSON())
  const [again] = ends(await chat(player))

  expect(end?.artifacts).toEqual([
    { path: 'a.csv', mime: 'text/csv', size: 3, origin: 'file', file: '/pictures/a.csv' },
    { path: 'plot.png', mime: 'image/png', size: 3, origin: 'file', file: '/pictures/plot.png' },
    { path: '\u001B[2J\n.svg', mime: 'image/svg+xml', size: 3, origin: 'file' },
  ])
  expect(JSON.parse(JSON.stringify(end))).toEqual(end)
  player.assertUsedUp()
  expect(again?.artifacts).toEqual(end?.artifacts)
})

test('a transcript has a line for each picture, in which nothing hides, and what shows it', async () => {
  let printed = ''
  const pictures: PrintOptions['pictures'] = ({ file }) => (file === undefined ? '' : `<${file}>\n`)
  await chat(undefined, { write: (text) => (printed += text), pictures })

  expect(printed).toContain(`>>>>>>>> EXECUTING CODE BLOCK (inferred language is python)...

>>>>>>>> IMAGE SAVED TO /pictures/plot.png
</pictures/plot.png>

>>>>>>>> IMAGE SAVED TO \\u{1b}[2J\\u{a}.svg
user (to coder):

exitcode: 0 (execution succeeded)
`)
  expect(printed).not.toContain('a.csv')
})
