import type { CodeBlock } from 'conversable'

const SHELL = /^(pip install)(?!.* -q)(.*)$/gm
/** In Python it is a line for a notebook. */
const NOTEBOOK = /^([!%] ?pip install)(?!.* -q)(.*)$/gm

/** A block whose `pip install` says nothing of what it does, as in AutoGen: its output is read by a model. */
export function silencePip(block: CodeBlock): CodeBlock {
  const language = block.language.toLowerCase()
  const isShell = ['sh', 'bash', 'shell'].includes(language)
  if (!isShell && !['python', 'py', 'python3'].includes(language)) return block
  return { ...block, code: block.code.replace(isShell ? SHELL : NOTEBOOK, '$1 -qqq$2') }
}
