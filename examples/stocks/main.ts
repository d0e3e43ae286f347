// An assistant writes programs, and a user proxy runs them until the question is answered.
//
//   npm start                             without a key: the assistant's lines are scripted
//   npm start -- --model openai/gpt-5     a real model; needs its provider package and its key
//   npm start -- --ask                    asks you before each step
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCodeExecutor } from '@conversable/executors'
import { AgentChatError, AssistantAgent, textOf, UserProxyAgent, type ChatResult, type CodeExecutor } from 'conversable'
import { printTranscript } from 'conversable/console'
import { terminalInput, terminalPictures } from 'conversable/node'
import { argumentsOf } from './arguments.ts'
import { closing } from './closing.ts'
import { scriptedAssistant } from './script.ts'

const QUESTION =
  'Which of the stocks in stocks.csv gained most in the last year of the data, and how much is it? ' +
  '(The price of the last month against the price twelve months earlier, in per cent.)'

const SYSTEM_MESSAGE = `You solve tasks by programming in Python, of which only the standard library is there.
Say your plan in a sentence or two, then put one whole program into a block fenced as \`\`\`python. It is run for you, and what it prints comes back.
The files that are asked about are in its folder. A program has no network. If a plot is asked for, write it as an SVG file.
If a program fails, read the error and send the whole program again, corrected. Take figures from what was printed, never from memory.
When you have the answer, give it in a sentence, and end your message with the word TERMINATE.`

const { model, ask } = argumentsOf(process.argv.slice(2))

async function main(executor: CodeExecutor): Promise<ChatResult> {
  const assistant = new AssistantAgent({
    name: 'assistant',
    systemMessage: SYSTEM_MESSAGE,
    llmConfig: { model: model ?? scriptedAssistant() },
  })
  const userProxy = new UserProxyAgent({
    name: 'user_proxy',
    humanInputMode: ask ? 'ALWAYS' : 'NEVER',
    humanInput: terminalInput(),
    maxConsecutiveAutoReply: 10,
    isTerminationMsg: (message) => textOf(message).trimEnd().endsWith('TERMINATE'),
    codeExecutionConfig: { executor },
  })
  const run = userProxy.initiateChat(assistant, { message: QUESTION })
  return printTranscript(run, { pictures: terminalPictures() })
}

/**
 * A folder for the programs, with the prices in it, and whatever runs them there best on this machine. A folder with a
 * picture in it is kept: the transcript has said where it is.
 */
async function inWorkFolder(): Promise<ChatResult> {
  const workDir = await mkdtemp(join(tmpdir(), 'stocks-'))
  try {
    await copyFile(new URL('stocks.csv', import.meta.url), join(workDir, 'stocks.csv'))
    await using executor = await createCodeExecutor('auto', {
      workDir,
      limits: { timeoutMs: 20_000 },
      log: console.log,
    })
    return await main(executor)
  } finally {
    const hasPicture = (await readdir(workDir)).some((name) => /\.(?:png|svg|jpe?g|gif)$/.test(name))
    if (!hasPicture) await rm(workDir, { recursive: true, force: true })
  }
}

console.log(
  model === undefined
    ? "The assistant's lines are scripted: no key is needed and nothing is spent. The programs and what they print are real.\n"
    : `The assistant's lines come from ${model}.\n`,
)
try {
  console.log(`\n${closing(await inWorkFolder(), model === undefined)}`)
} catch (error) {
  if (!AgentChatError.isInstance(error)) throw error
  console.error(`\n${error.message}`)
  process.exitCode = 1
}
