import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Started } from './adapter.ts'

/** What a host has open. */
interface Holdings {
  readonly processes: number
  readonly folders: number
  readonly files: number
  readonly handles: number
  readonly listeners: number
}

/** What is run again and again: one that leaves a process, and one that leaves a file. */
const PROGRAMS: Readonly<Record<string, readonly [process: string, file: string]>> = Object.freeze({
  sh: ['sleep 5 & echo left', 'echo x > file; echo y'],
  python: [
    'import subprocess; subprocess.Popen(["sleep", "5"]); print("left")',
    'open("file", "w").write("x"); print("y")',
  ],
})

/** Runs many programs, and says whether anything of them is left: a process, a folder, an open file, a listener. */
export async function findLeaks(
  start: () => Promise<Started>,
  { runs, language }: { readonly runs: number; readonly language: string },
): Promise<boolean> {
  const [leaver, writer] = PROGRAMS[language] ?? []
  if (leaver === undefined || writer === undefined)
    throw new Error(`There are programs in ${Object.keys(PROGRAMS).join(', ')}.`)
  // What is loaded once is loaded before it is counted.
  await (await start()).stop()
  const before = holdings()
  const began = performance.now()
  for (let executor = await start(), run = 0; run < runs; run += 1) {
    const signal = run % 10 === 9 ? AbortSignal.timeout(30) : undefined
    const code = run % 3 === 0 ? leaver : writer
    await executor.run([{ language, code }], { ...(signal && { signal }) })
    if (run % 50 === 49 || run === runs - 1) {
      await executor.stop()
      if (run < runs - 1) executor = await start()
    }
  }
  const eachMs = ((performance.now() - began) / runs).toFixed(1)
  // What has just ended is gone from the tables a little later.
  await new Promise((resolve) => setTimeout(resolve, 1000))
  const after = holdings()
  console.log(`${runs} runs, ${eachMs} ms each\nbefore ${JSON.stringify(before)}\nafter  ${JSON.stringify(after)}`)
  const grown = Object.entries(after).filter(([what, count]) => count > before[what as keyof Holdings])
  console.log(grown.length === 0 ? 'nothing is left' : `LEFT: ${grown.map(([what]) => what).join(', ')}`)
  return grown.length > 0
}

function holdings(): Holdings {
  const count = (folder: string, pattern: RegExp): number =>
    readdirSync(folder).filter((name) => pattern.test(name)).length
  const isLinux = process.platform === 'linux'
  return {
    processes: isLinux ? strays().length : 0,
    folders: count(tmpdir(), /^conversable-/),
    files: isLinux ? readdirSync('/proc/self/fd').length : 0,
    handles: process.getActiveResourcesInfo().filter((kind) => kind !== 'Timeout' && kind !== 'Immediate').length,
    listeners: process.listenerCount('exit') + process.listenerCount('SIGINT') + process.listenerCount('SIGTERM'),
  }
}

/** Processes that are alive and belong to this one, or to nobody any more. */
function strays(): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      // Behind the name of the program, which may have blanks in it: its state, and its parent.
      const [state = '', parent] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      return state !== 'Z' && ['1', String(process.pid)].includes(parent ?? '')
    } catch {
      return false
    }
  })
}
