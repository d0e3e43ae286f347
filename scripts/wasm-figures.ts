// Prints how long a run takes in the WASM executor, cold and warm, and what its Python holds of memory.
//
//   node --conditions=conversable-source scripts/wasm-figures.ts
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WasmExecutor } from '@conversable/executors'

const RUNS = 40
const PROGRAMS = [
  { language: 'python', code: 'print(1)' },
  { language: 'python', code: 'import ctypes; print(1)' },
  { language: 'javascript', code: 'console.log(1)' },
  { language: 'typescript', code: 'console.log(1 as number)' },
  { language: 'sh', code: 'echo 1' },
]

const cacheDir = mkdtempSync(join(tmpdir(), 'figures-'))
try {
  await firstRun('first Python of this machine')
  await firstRun('first Python of a process')
  await using executor = new WasmExecutor({ cacheDir })
  for (const { language, code } of PROGRAMS) {
    const runs = language === 'python' && !code.includes('ctypes') ? RUNS : 5
    const times: number[] = []
    for (let run = 0; run < runs; run += 1) times.push(await timed(executor, language, code))
    report(`${language}: ${code}, median of ${runs}`, times.toSorted((a, b) => a - b)[Math.floor(runs / 2)])
  }
  await timed(executor, 'python', 'print(1)')
  console.log(`${String(memoryOfPython()).padStart(7)} MiB held by an idle Python`)
} finally {
  rmSync(cacheDir, { recursive: true })
}

async function firstRun(what: string): Promise<void> {
  await using executor = new WasmExecutor({ cacheDir })
  report(what, await timed(executor, 'python', 'print(1)'))
}

async function timed(executor: WasmExecutor, language: string, code: string): Promise<number> {
  const started = performance.now()
  const { exitCode, output } = await executor.execute([{ language, code }])
  if (exitCode !== 0 || output !== '1\n') throw new Error(`${language} ended with ${exitCode}: ${output}`)
  return performance.now() - started
}

function memoryOfPython(): number {
  const rows = execFileSync('ps', ['-A', '-o', 'ppid=,rss=,args='], { encoding: 'utf8' }).split('\n')
  const row = rows.find((line) => line.trim().startsWith(`${process.pid} `) && line.includes('python-child'))
  return Math.round(Number(row?.trim().split(/\s+/)[1] ?? Number.NaN) / 1024)
}

function report(what: string, milliseconds = Number.NaN): void {
  console.log(`${milliseconds.toFixed(1).padStart(7)} ms  ${what}`)
}
