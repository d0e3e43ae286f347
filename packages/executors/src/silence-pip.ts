import type { CodeBlock } from 'conversable'

const SHELLS: readonly string[] = Object.freeze(['sh', 'bash', 'shell'])

/** A block whose `pip install` says nothing of what it does, as in AutoGen: its output is read by a model. */
export function silencePip(block: CodeBlock): CodeBlock {
  if (!SHELLS.includes(block.language.toLowerCase())) return block
  const code = block.code.replace(/^(pip install)(?!.* -q)(.*)$/gm, '$1 -qqq$2')
  return { ...block, code }
}
