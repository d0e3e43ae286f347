import type { CodeBlock } from '../code-block.ts'
import type { CodeDecision } from '../code-decision.ts'
import type { BeforeExecute } from '../ports/code-approval.ts'
import { visible } from '../util/visible.ts'
import { terminalInput, type TerminalOptions } from './terminal-input.ts'

/**
 * Shows code at the terminal before it runs, and asks: `y` or `yes` lets it run, an empty line, `n`, `no` or the end of
 * the input does not, and any other text is the reason that whoever wrote the code is told. Use it as `beforeExecute`.
 */
export function terminalApproval(options: TerminalOptions = {}): BeforeExecute {
  const { output = process.stdout } = options
  const ask = terminalInput(options)
  return async ({ blocks, agent, author, chatId, signal }) => {
    output.write(`\n${author} wants ${agent} to run:\n${blocks.map(shown).join('')}`)
    const prompt = 'Run this code? (y to run it, Enter not to, or say why not): '
    return decisionOf(await ask({ prompt, purpose: 'approval', agent, chatId, signal }))
  }
}

function decisionOf(answer: string): CodeDecision {
  const word = answer.trim()
  if (/^y(?:es)?$/i.test(word)) return { decision: 'allow' }
  const said = /^(?:no?|exit|)$/i.test(word) ? '' : ` They say: ${word}`
  return { decision: 'refuse', reason: `a person did not allow it.${said}` }
}

function shown({ language, code, filename }: CodeBlock): string {
  const title = filename === undefined ? language : `${language}, ${filename}`
  const lines = code.split('\n').map((line) => `  | ${visible(line)}\n`)
  return `  ${visible(title)}\n${lines.join('')}`
}
