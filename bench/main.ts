import { fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { measureExecutors } from './executors.ts'
import { measureGroupChat } from './group-chat.ts'
import { measureImportTime } from './import-time.ts'
import { installedVersion, measureInstalledSize } from './installed-size.ts'
import { measureLongChat } from './long-chat.ts'
import { measureLongContext } from './long-context.ts'
import { measureManyChats } from './many-chats.ts'
import type { Effort } from './measure.ts'
import { measureModelCall } from './model-call.ts'
import { measurePrefixReuse } from './prefix-reuse.ts'
import { tableOf, type Section } from './table.ts'
import { measureToolCalls } from './tool-calls.ts'
import { measureTwoAgents } from './two-agents.ts'

const MEASUREMENTS: Readonly<Record<string, (effort: Effort) => Promise<Section>>> = {
  'two-agents': measureTwoAgents,
  'tool-calls': measureToolCalls,
  'many-chats': measureManyChats,
  'long-chat': measureLongChat,
  'long-context': measureLongContext,
  'group-chat': measureGroupChat,
  'model-call': measureModelCall,
  'prefix-reuse': measurePrefixReuse,
  executors: measureExecutors,
  'import-time': measureImportTime,
  'installed-size': measureInstalledSize,
}

const USAGE = `npm run bench -- [--quick] [--check] [${Object.keys(MEASUREMENTS).join(' | ')}] …

  --quick  measures less, in about half a minute
  --check  exits with 1 if a target is missed`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const effort: Effort = values.quick
  ? { isQuick: true, warmUpMs: 300, repetitions: 3, messagesAtOnce: 1_000 }
  : { isQuick: false, warmUpMs: 1_500, repetitions: 9, messagesAtOnce: 4_000 }

if (values.help || positionals.some((name) => !(name in MEASUREMENTS))) console.log(USAGE)
else if (process.send) process.send(await MEASUREMENTS[positionals[0] ?? '']?.(effort))
else await main(positionals)

async function main(names: readonly string[]): Promise<void> {
  const start = performance.now()
  const sections: Section[] = []
  for (const name of Object.keys(MEASUREMENTS)) {
    if (names.length === 0 || names.includes(name)) sections.push(await measuredAlone(name))
  }
  const peers = ['ai', '@langchain/langgraph'].map((name) => `${name} ${installedVersion(name)}`).join(' and ')
  console.log(`The sources of conversable beside ${peers}; medians, done by turns in one process for each table`)
  console.log(`Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'a processor'}\n`)
  console.log(tableOf(sections))
  const targets = sections.flatMap(({ lines }) => lines.flatMap(({ target }) => target ?? []))
  const met = targets.filter(({ isMet }) => isMet).length
  console.log(`\n${met} of ${targets.length} targets met, in ${Math.round((performance.now() - start) / 1_000)} s`)
  if (values.check && met < targets.length) process.exitCode = 1
}

/** A section in a process of its own: what others left on the heap, and in the compiler's notes, is not its matter. */
async function measuredAlone(name: string): Promise<Section> {
  const child = fork(import.meta.filename, [name, ...(values.quick ? ['--quick'] : [])])
  const exit = once(child, 'exit')
  const [section] = await Promise.race([once(child, 'message'), exit.then(() => [undefined])])
  await exit
  // What the same program has sent.
  if (section) return section as Section
  throw new Error(`Measuring ${name} failed: see above.`)
}
