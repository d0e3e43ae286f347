import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createCodeExecutor } from '@conversable/executors'
import type { CodeExecutor } from 'conversable'
import { median, timesOf, type Effort, type Work } from './measure.ts'
import { atMost, lineOf, type Figures, type Line, type Section } from './table.ts'

const PROGRAM = 'print(1)'
/** Those that are measured, as far as they are there. */
const NAMES = ['bubblewrap', 'wasm', 'jupyter'] as const
const MOST_TIMES_PLAIN = 2.5
const MOST_WASM_MS = 20

interface Opened {
  readonly name: (typeof NAMES)[number]
  readonly executor: CodeExecutor
}

/** Measures how long a Python program takes that does next to nothing, alone and in each executor. */
export async function measureExecutors(effort: Effort): Promise<Section> {
  const notes: string[] = []
  const opened: Opened[] = []
  try {
    for (const name of NAMES) {
      const executor = await open(name)
      if (typeof executor === 'string') notes.push(executor)
      else opened.push({ name, executor })
    }
    const python = await pythonOf(opened.find(({ name }) => name === 'bubblewrap'))
    notes.push(`the peer is ${python} alone`)
    const works: Work[] = [
      () => promisify(execFile)(python, ['-c', PROGRAM]),
      ...opened.map(
        ({ executor }) =>
          () =>
            runIn(executor),
      ),
    ]
    const [ai = Number.NaN, ...times] = await timesOf(works, effort)
    const lines = opened.map(({ name }, index) => lineFor(name, { ours: times[index] ?? Number.NaN, ai }))
    return {
      title: `A run of ${PROGRAM} in Python, ms`,
      lines: [...lines, ...(await firstRuns(opened, effort))],
      notes,
    }
  } finally {
    for (const { executor } of opened) await executor[Symbol.asyncDispose]()
  }
}

/** An executor in which a first program has run, or why there is none. */
async function open(name: Opened['name']): Promise<CodeExecutor | string> {
  try {
    const executor = await createCodeExecutor(name, { log: () => {} })
    await runIn(executor)
    return executor
  } catch (error) {
    return `${name} is left out: ${error instanceof Error ? error.message : String(error)}`
  }
}

async function runIn(executor: CodeExecutor, code = PROGRAM): Promise<string> {
  const { exitCode, output } = await executor.execute([{ language: 'python', code }])
  if (exitCode !== 0) throw new Error(`Python in ${executor.kind} ended with ${exitCode}: ${output}`)
  return output.trim()
}

/** The Python that the sandbox runs, so that the same one is measured outside of it. */
async function pythonOf(bubblewrap: Opened | undefined): Promise<string> {
  return bubblewrap ? runIn(bubblewrap.executor, 'import sys; print(sys.executable)') : 'python3'
}

function lineFor(name: Opened['name'], figures: Figures): Line {
  if (name === 'bubblewrap') return lineOf(name, figures, atMost(MOST_TIMES_PLAIN, figures))
  if (name !== 'wasm') return lineOf(`${name}, later runs`, figures)
  return lineOf(`${name}, later runs`, figures, {
    text: `under ${MOST_WASM_MS} ms`,
    isMet: figures.ours < MOST_WASM_MS,
  })
}

/** How long a run takes in executors that keep a Python, when they have none yet. */
async function firstRuns(opened: readonly Opened[], { isQuick }: Effort): Promise<Line[]> {
  const lines: Line[] = []
  for (const { name, executor } of opened.filter((one) => one.name !== 'bubblewrap')) {
    const times: number[] = []
    for (let repetition = 0; repetition < (isQuick ? 1 : 5); repetition++) {
      await executor.restart()
      const start = performance.now()
      await runIn(executor)
      times.push(performance.now() - start)
    }
    lines.push({ what: `${name}, first run`, ours: median(times) })
  }
  return lines
}
