// Code that needs an approval: a rule of the house edits programs, so that nothing is deleted for good, and a person
// sees what would run, and allows it or says why not. Run it in a terminal to decide yourself; without one, the person
// is scripted, too.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createCodeExecutor } from '@conversable/executors'
import { AssistantAgent, textOf, UserProxyAgent, type BeforeExecute, type CodeBlock } from 'conversable'
import { printTranscript } from 'conversable/console'
import { terminalApproval } from 'conversable/node'
import { ScriptedModel } from 'conversable/testing'

const atTerminal = process.stdin.isTTY
console.log(
  `The coder's lines are scripted; ${atTerminal ? 'you decide what may run' : 'the person who decides is scripted, too'}. What is run is real.\n`,
)

const ALL_FILES = `\`\`\`python
from pathlib import Path

for path in sorted(Path('.').glob('*.*')):
    path.unlink()
    print('done with', path)
\`\`\``
const BACKUPS = ALL_FILES.replace('*.*', '*.bak')

const coder = new AssistantAgent({
  name: 'coder',
  llmConfig: {
    model: new ScriptedModel(({ prompt }) => {
      const last = JSON.stringify(prompt.at(-1))
      if (last.includes('exitcode: 0')) return 'The folder is tidy. TERMINATE'
      if (last.includes('.bak')) return `Only the backups, then.\n\n${BACKUPS}`
      return last.includes('Not run') ? 'Then I leave it as it is. TERMINATE' : `I clear the folder.\n\n${ALL_FILES}`
    }),
  },
})

const ask = terminalApproval(
  atTerminal ? {} : { input: Readable.from(['delete nothing but the .bak files\n', 'yes\n']) },
)

/** The rule first, then the person: who is asked about what would really run. */
const beforeExecute: BeforeExecute = async (request) => {
  const blocks = request.blocks.map(toTrash)
  const answer = await ask({ ...request, blocks })
  return answer.decision === 'allow' ? { decision: 'edit', blocks } : answer
}

/** A program that moves files to a folder where it would delete them. */
function toTrash(block: CodeBlock): CodeBlock {
  const code = block.code.replaceAll(/(\w+)\.unlink\(\)/g, "$1.rename(Path('trash') / $1)")
  return code === block.code ? block : { ...block, code: `import os\nos.makedirs('trash', exist_ok=True)\n${code}` }
}

const workDir = await mkdtemp(join(tmpdir(), 'code-approval-'))
try {
  for (const name of ['letter.txt', 'letter.bak', 'list.bak']) await writeFile(join(workDir, name), 'text\n')
  await using executor = await createCodeExecutor('auto', { workDir, log: console.log })
  const user = new UserProxyAgent({
    name: 'user',
    humanInputMode: 'NEVER',
    isTerminationMsg: (message) => textOf(message).endsWith('TERMINATE'),
    codeExecutionConfig: { executor, beforeExecute },
  })
  await printTranscript(user.initiateChat(coder, { message: 'Please tidy up the folder.', maxTurns: 4 }))
  const names = await readdir(workDir, { recursive: true })
  console.log(
    `\nIn the folder now: ${names
      .filter((name) => /\.(?:txt|bak)$/.test(name))
      .toSorted()
      .join(', ')}`,
  )
} finally {
  await rm(workDir, { recursive: true, force: true })
}
