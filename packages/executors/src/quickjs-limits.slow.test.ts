import { execFileSync, spawn } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { ExecuteOptions, ExecutionEvent, ExecutionLimits } from 'conversable'
import { QuickJsExecutor } from './index.ts'

const MIB = 1024 * 1024

function start(code: string, options: ExecuteOptions = {}) {
  return new QuickJsExecutor().execute([{ language: 'js', code }], options)
}

/** The processes of programs that `parent` has started, by their ids. */
function programsOf(parent: number | undefined): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s.*quickjs\/child\.[jt]s$/.exec(line))
    .filter((match) => match?.[2] === String(parent))
    .map((match) => Number(match?.[1]))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe.concurrent('limits', { timeout: 30_000 }, () => {
  test('time: an endless program is ended, and what it printed is kept', async () => {
    const result = await start('console.log("so far"); for (;;);', { limits: { timeoutMs: 2500 } })

    expect(result).toMatchObject({ exitCode: 124, reason: 'timeout', output: 'so far\n\nTimeout', truncated: false })
    expect(result.durationMs).toBeGreaterThan(2400)
    expect(result.durationMs).toBeLessThan(4500)
  })

  test('time is for all blocks together', async () => {
    const wait = 'const end = Date.now() + 700; while (Date.now() < end);'
    const blocks = [1, 2, 3, 4].map((each) => ({ language: 'js', code: `console.log(${each}); ${wait}` }))
    const result = await new QuickJsExecutor({ limits: { timeoutMs: 1800 } }).execute(blocks)

    expect(result).toMatchObject({ exitCode: 124, reason: 'timeout' })
    expect(result.output).not.toContain('4')
  })

  test.each([
    { what: 'many small objects', code: 'const all = []; for (;;) all.push({ all })' },
    { what: 'one long text', code: 'let text = ["x".repeat(1e6)]; for (;;) text.push(text.join("") + "y")' },
    { what: 'one large buffer', code: 'new ArrayBuffer(1e9)' },
    { what: 'many buffers', code: 'const all = []; for (;;) all.push(new Uint8Array(1e6).fill(1))' },
  ])('memory: a program of $what is ended', async ({ code }) => {
    const result = await start(`console.log('begun')\n${code}`, { limits: { memoryBytes: 32 * MIB } })

    expect(result).toMatchObject({ exitCode: 137, reason: 'memory', truncated: false })
    expect(result.output).toMatch(
      /^begun\n[^]*The program needs more than the 33554432 bytes of memory that it may use\.\n$/,
    )
  })

  test('memory: a program that catches the error goes on', async () => {
    const code =
      'let all = []; try { for (;;) all.push(new Array(1000).fill(1)) } catch (error) { all = null; console.log(error.message) }'

    expect(await start(code, { limits: { memoryBytes: 32 * MIB } })).toMatchObject({
      exitCode: 0,
      output: 'out of memory\n',
    })
  })

  test('output: head and tail are kept', async () => {
    const result = await start('for (let i = 0; i < 1000; i += 1) console.log(`line ${i}`)', {
      limits: { outputBytes: 2000 },
    })

    expect(result).toMatchObject({ exitCode: 0, truncated: true })
    expect(result.output).toMatch(
      /^line 0\nline 1\n[^]*\n… 6890 bytes of output are left out here …\n[^]*line 998\nline 999\n$/,
    )
  })

  test('output: eight times what is kept ends the program', async () => {
    const result = await start('for (;;) console.log("x".repeat(99))', { limits: { outputBytes: 2000 } })

    expect(result).toMatchObject({ exitCode: 137, reason: 'output', truncated: true })
    expect(result.output).toMatch(/Ended: it printed more than 16000 bytes\.$/)
    expect(result.output.length).toBeLessThan(2200)
  })

  test('output: one endless text is cut too', async () => {
    const result = await start('console.log("x".repeat(50_000_000))')

    expect(result).toMatchObject({ exitCode: 137, reason: 'output', truncated: true })
    expect(result.output.length).toBeLessThan(MIB + 200)
  })

  test.each<{ limits: Partial<ExecutionLimits>; code: string; error: string }>([
    {
      limits: { fileBytes: 10 },
      code: 'writeFile("a", "x".repeat(11))',
      error: 'There is no room for "a": a file may have 10 bytes.',
    },
    {
      limits: { diskBytes: 10 },
      code: 'writeFile("a", "12345678"); writeFile("b", "123")',
      error: 'There is no room for "b": all files together may have 10 bytes.',
    },
    {
      limits: {},
      code: 'for (let i = 0; ; i += 1) writeFile(`f${i}`, "")',
      error: 'There is no room for "f200": there may be 200 files.',
    },
  ])('disk: $error', async ({ limits, code, error }) => {
    const result = await start(code, { limits })

    expect(result).toMatchObject({ exitCode: 1 })
    expect(result.output).toContain(`Error: ${error}\n`)
  })

  test('disk: what earlier runs wrote counts, and what is written again counts once', async () => {
    const executor = new QuickJsExecutor({ limits: { diskBytes: 10 } })
    const runJs = (code: string) => executor.execute([{ language: 'js', code }])

    expect(await runJs('writeFile("a", "12345678")')).toMatchObject({ exitCode: 0 })
    expect(await runJs('writeFile("b", "123")')).toMatchObject({ exitCode: 1 })
    expect(await runJs('writeFile("a", "1"); writeFile("b", "123")')).toMatchObject({ exitCode: 0 })
  })
})

// What these look at is the process as a whole, so they do not run beside others.
describe('an end from outside', { timeout: 30_000 }, () => {
  test('an abort is there within half a second, and the process is gone', async () => {
    const controller = new AbortController()
    const execution = start('console.log("begun"); for (;;);', { signal: controller.signal })
    let aborted = 0
    for await (const event of execution) {
      if (event.type !== 'stdout') continue
      expect(programsOf(process.pid)).toHaveLength(1)
      aborted = performance.now()
      controller.abort()
    }

    expect(performance.now() - aborted).toBeLessThan(500)
    expect(programsOf(process.pid)).toEqual([])
    expect(await execution).toMatchObject({ exitCode: 137, reason: 'aborted', output: 'begun\n' })
  })

  test('an abort beforehand starts nothing', async () => {
    const result = await start('for (;;);', { signal: AbortSignal.abort() })

    expect(result).toMatchObject({ exitCode: 137, reason: 'aborted', output: '' })
    expect(programsOf(process.pid)).toEqual([])
  })

  test('leaving the loop over a run ends it', async () => {
    const execution = start('console.log("begun"); for (;;);')
    for await (const event of execution) if (event.type === 'stdout') break

    expect(await execution).toMatchObject({ reason: 'aborted' })
    expect(programsOf(process.pid)).toEqual([])
  })

  test('disposal ends all runs', async () => {
    const executor = new QuickJsExecutor()
    const runs = [1, 2].map(() => executor.execute([{ language: 'js', code: 'for (;;);' }]))
    await executor[Symbol.asyncDispose]()

    expect(programsOf(process.pid)).toEqual([])
    expect(await Promise.all(runs)).toMatchObject([{ reason: 'aborted' }, { reason: 'aborted' }])
  })

  test('fifty runs leave no process and no listener, and the host goes on meanwhile', async () => {
    const { signal } = new AbortController()
    const executor = new QuickJsExecutor()
    let ticks = 0
    const ticking = setInterval(() => (ticks += 1), 5)
    const before = performance.now()
    for (let round = 0; round < 10; round += 1) {
      const runs = [1, 2, 3, 4, 5].map((each) =>
        executor.execute([{ language: 'js', code: `console.log(${each})` }], { signal }),
      )
      expect((await Promise.all(runs)).map(({ output }) => output)).toEqual(['1\n', '2\n', '3\n', '4\n', '5\n'])
    }
    clearInterval(ticking)

    expect(programsOf(process.pid)).toEqual([])
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(ticks).toBeGreaterThan((performance.now() - before) / 50)
  })

  test('a program whose host was killed ends by itself', async () => {
    const script = `
      import { QuickJsExecutor } from '@conversable/executors'
      for await (const event of new QuickJsExecutor().execute([{ language: 'js', code: 'console.log(1); for (;;);' }]))
        if (event.type === 'stdout') console.log('runs')
    `
    const host = spawn(process.execPath, ['--conditions=conversable-source', '--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
    })
    await new Promise((resolve) => host.stdout.once('data', resolve))
    const [program = 0] = programsOf(host.pid)
    expect(isAlive(program)).toBe(true)
    host.kill('SIGKILL')

    await expect.poll(() => isAlive(program), { timeout: 3000 }).toBe(false)
  })

  test('output of two streams by turns costs no more than its text', async () => {
    const execution = start('for (let i = 0; i < 20000; i += 1) { console.log("o"); console.error("e") }')
    const { output } = await execution
    const events: ExecutionEvent[] = []
    for await (const event of execution) events.push(event)

    expect(output).toBe('o\ne\n'.repeat(20000))
    expect(events.length).toBeLessThan(1010)
    expect(events.map((event) => ('text' in event ? event.text.length : 0)).reduce((sum, each) => sum + each)).toBe(
      80000,
    )
  })
})
