import { setTimeout as delay } from 'node:timers/promises'
import type { Outcome, Started } from './adapter.ts'
import type { SuiteCase } from './case.ts'
import { openWorld, type World } from './world.ts'

/** What came of a case. */
export interface Verdict {
  readonly id: string
  readonly what: string
  /** What went wrong; nothing if it was contained, or worked. */
  readonly problems: readonly string[]
  readonly durationMs: number
}

/** How much later than its limit a program may be ended. */
const LATE_MS = 500
/** What may be printed beyond the limit: a line in between, and what the executor says of the end. */
const MARGIN_BYTES = 2000

/** Runs a case in a fresh executor, in a world of its own, and says what it did to that world. */
export async function judge(given: SuiteCase, start: () => Promise<Started>): Promise<Verdict> {
  const world = await openWorld()
  const executor = await start()
  const began = performance.now()
  const lag = watchLag()
  try {
    await executor.run([{ language: first(executor), code: '' }], {}).catch(() => {})
    const running = executor.run(filled(given, world).blocks, optionsOf(given))
    const outcome = await running.catch((error: unknown) => String(error))
    const problems = [...(await worldProblems(world, outcome)), ...outcomeProblems(given, outcome), ...lag()]
    return { id: given.id, what: given.what, problems, durationMs: Math.round(performance.now() - began) }
  } finally {
    await executor.stop()
    for (const pid of world.leftProcesses()) process.kill(pid, 'SIGKILL')
    await world.close()
  }
}

/** An empty program first, so that what is waited for once is not waited for within a limit. */
function first({ languages }: Started): string {
  return languages.includes('sh') ? 'sh' : (languages[0] ?? '')
}

function filled(given: SuiteCase, { slots }: World): SuiteCase {
  const fill = (text: string): string => text.replace(/\{\{(\w+)\}\}/g, (slot, name: string) => slots[name] ?? slot)
  const blocks = given.blocks.map(({ language, code, filename }) => ({
    language,
    code: fill(code),
    ...(filename !== undefined && { filename: fill(filename) }),
  }))
  return { ...given, blocks }
}

function optionsOf({ limits, files, env, abortAfterMs }: SuiteCase): Parameters<Started['run']>[1] {
  return {
    ...(limits && { limits }),
    ...(files && { files }),
    ...(env && { env }),
    ...(abortAfterMs !== undefined && { signal: AbortSignal.timeout(abortAfterMs) }),
  }
}

async function worldProblems(world: World, outcome: Outcome | string): Promise<string[]> {
  const problems: string[] = []
  if (world.visits() > 0) problems.push('reached a server')
  const changed = world.changes()
  if (changed.length > 0) problems.push(`changed ${changed.join(', ')} outside`)
  // What is killed is gone a little later.
  for (let waited = 0; waited < LATE_MS && world.leftProcesses().length > 0; waited += 50) await delay(50)
  if (world.leftProcesses().length > 0) problems.push('left a process')
  if (typeof outcome === 'string') return problems
  if (outcome.output.includes(world.secret)) problems.push('printed the secret')
  if (outcome.output.includes('ESCAPED')) problems.push('says that it got out')
  for (const artifact of outcome.artifacts) {
    const bytes = await Promise.race([artifact.read().catch(() => new Uint8Array()), delay(2000)])
    if (!bytes) problems.push(`the artifact ${artifact.path} cannot be read to its end`)
    else if (Buffer.from(bytes).includes(world.secret)) problems.push(`the artifact ${artifact.path} has the secret`)
  }
  if (outcome.artifacts.length > 200) problems.push(`left ${outcome.artifacts.length} artifacts`)
  return problems
}

function outcomeProblems({ limits = {}, abortAfterMs, expect }: SuiteCase, outcome: Outcome | string): string[] {
  if (typeof outcome === 'string') return expect ? [`failed: ${outcome}`] : []
  const problems: string[] = []
  const { outputBytes = 1024 * 1024, timeoutMs = 60_000 } = limits
  const { exitCode, output, durationMs } = outcome
  if (Buffer.byteLength(output) > outputBytes + MARGIN_BYTES) problems.push(`printed ${output.length} characters`)
  const dueMs = abortAfterMs ?? timeoutMs
  if (durationMs > dueMs + LATE_MS) problems.push(`ended ${durationMs - dueMs} ms late`)
  if (!expect) return problems
  if (expect.exitCode !== undefined && exitCode !== expect.exitCode) problems.push(`ended with exit code ${exitCode}`)
  if (expect.output !== undefined && !output.endsWith(expect.output))
    problems.push(`printed ${JSON.stringify(output.slice(-300))}`)
  for (const [path, mime] of Object.entries(expect.artifacts ?? {})) {
    const found = outcome.artifacts.find((artifact) => artifact.path === path)
    if (found?.mime !== mime) problems.push(`left ${path} as ${found?.mime ?? 'nothing'}`)
  }
  return problems
}

/** Whether the host can go on while a program runs. */
function watchLag(): () => string[] {
  let longest = 0
  let last = performance.now()
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last - 20)
    last = performance.now()
  }, 20)
  const before = process.memoryUsage().rss
  return () => {
    clearInterval(timer)
    const grown = process.memoryUsage().rss - before
    return [
      ...(longest > 1500 ? [`held the host up for ${Math.round(longest)} ms`] : []),
      ...(grown > 300 * 1024 * 1024 ? [`made the host grow by ${Math.round(grown / 1024 / 1024)} MiB`] : []),
    ]
  }
}
