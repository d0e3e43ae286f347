import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { CodeBlock } from '../code-block.ts'
import { terminalApproval } from './terminal-approval.ts'

const BLOCKS: readonly CodeBlock[] = [
  { language: 'python', code: 'print(1)\n\u001b[2Jprint(2)', filename: 'a.py' },
  { language: 'sh', code: 'ls \u202e#' },
]

async function answered(line: string | undefined): Promise<{ decision: unknown; shown: string }> {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const decision = terminalApproval({ input, output })({
    blocks: BLOCKS,
    agent: 'user',
    author: 'coder',
    chatId: 'chat',
    signal: new AbortController().signal,
  })
  if (line === undefined) input.end()
  else input.write(`${line}\n`)
  return { decision: await decision, shown: String(output.setEncoding('utf8').read()) }
}

test.each(['y', ' YES '])('the answer "%s" lets code run', async (line) => {
  expect((await answered(line)).decision).toEqual({ decision: 'allow' })
})

test.each([
  { line: '', reason: 'a person did not allow it.' },
  { line: 'n', reason: 'a person did not allow it.' },
  { line: undefined, reason: 'a person did not allow it.' },
  { line: 'it deletes files', reason: 'a person did not allow it. They say: it deletes files' },
])('the answer "$line" does not let code run', async ({ line, reason }) => {
  expect((await answered(line)).decision).toEqual({ decision: 'refuse', reason })
})

test('the person sees all of the code, with nothing hidden in it', async () => {
  const { shown } = await answered('y')

  expect(shown).toContain(
    '\ncoder wants user to run:\n  python, a.py\n  | print(1)\n  | \\u{1b}[2Jprint(2)\n  sh\n  | ls \\u{202e}#\n',
  )
})
