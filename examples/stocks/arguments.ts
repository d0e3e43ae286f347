import { parseArgs } from 'node:util'

const USAGE = `Usage: npm start -- [--model PROVIDER/NAME] [--ask]

  --model PROVIDER/NAME   the model that answers, such as openai/gpt-5 (default: a scripted one)
  --ask                   ask you before each step: Enter goes on, words go to the assistant, exit ends it`

/** What was asked for on the command line. What cannot be understood ends the program with exit code 2. */
export function argumentsOf(args: readonly string[]): { readonly model: string | undefined; readonly ask: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { model: { type: 'string' }, ask: { type: 'boolean' }, help: { type: 'boolean' } },
    })
    if (values.help) leave(USAGE, 0)
    return { model: values.model, ask: values.ask ?? false }
  } catch (error) {
    return leave(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`, 2)
  }
}

function leave(text: string, exitCode: number): never {
  ;(exitCode === 0 ? console.log : console.error)(text)
  process.exit(exitCode)
}
