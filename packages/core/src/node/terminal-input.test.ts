import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { HumanQuestion } from '../ports/human-input.ts'
import { terminalInput } from './terminal-input.ts'

function question(prompt: string, signal: AbortSignal = new AbortController().signal): HumanQuestion {
  return { prompt, purpose: 'reply', agent: 'user', chatId: 'c', signal }
}

function piped(lines: string): { input: PassThrough; output: PassThrough } {
  const input = new PassThrough()
  input.write(lines)
  return { input, output: new PassThrough() }
}

test('lines that come at once are the answers to one question after the other, and the end is an exit', async () => {
  const { input, output } = piped('yes\n\nmore')
  input.end()
  const ask = terminalInput({ input, output })

  const answers: string[] = []
  for (const prompt of ['1? ', '2? ', '3? ', '4? ', '5? ']) answers.push(await ask(question(prompt)))

  expect(answers).toEqual(['yes', '', 'more', 'exit', 'exit'])
  output.end()
  expect(await text(output)).toBe('1? yes\n2? \n3? more\n4? exit\n5? exit\n')
})

test('a line may come later than its question, and an aborted question takes none', async () => {
  const { input, output } = piped('')
  const ask = terminalInput({ input, output })
  const controller = new AbortController()
  const aborted = ask(question('1? ', controller.signal))
  const answered = ask(question('2? '))
  controller.abort('enough')
  await expect(aborted).rejects.toBe('enough')
  input.write('late\n')

  expect(await answered).toBe('late')
})
