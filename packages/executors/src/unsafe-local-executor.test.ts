import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CodeResult, ExecuteOptions } from 'conversable'
import { findPrograms } from './find-program.ts'
import { UnsafeLocalExecutor, type UnsafeLocalExecutorOptions } from './index.ts'

const hasShell = findPrograms('sh').length > 0
const hasPython = findPrograms('python3').length > 0
const quiet = (): void => {}

async function run(
  language: string,
  code: string,
  options: UnsafeLocalExecutorOptions & ExecuteOptions = {},
): Promise<CodeResult> {
  const { signal, stdin, ...made } = options
  await using executor = new UnsafeLocalExecutor({ warn: quiet, ...made })
  return await executor.execute([{ language, code }], {
    ...(signal && { signal }),
    ...(stdin !== undefined && { stdin }),
  })
}

describe.skipIf(!hasShell)(hasShell ? 'a shell on the host' : 'SKIPPED, there is no shell', { timeout: 20_000 }, () => {
  test('says before its first run, once, that nothing protects the machine', async () => {
    const lines: string[] = []
    await using executor = new UnsafeLocalExecutor({ warn: (line) => lines.push(line) })
    for (let time = 0; time < 2; time += 1) await executor.execute([{ language: 'sh', code: 'true' }])

    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('with nothing in between')
  })

  test('gives what a block complained of before what it printed', async () => {
    expect((await run('sh', 'echo out; echo err >&2; echo more')).output).toBe('err\nout\nmore\n')
  })

  test('ends at the limit, with all that it started, and keeps what it printed', async () => {
    const began = performance.now()
    const code = 'echo before; sleep 30 & setsid sleep 31.75 & (setsid sleep 31.75 &) ; sleep 30'
    const { exitCode, reason, output } = await run('sh', code, { limits: { timeoutMs: 500 } })

    expect({ exitCode, reason, output }).toEqual({ exitCode: 124, reason: 'timeout', output: 'before\n\nTimeout' })
    expect(performance.now() - began).toBeLessThan(1500)
    if (process.platform === 'linux') expect(left('sleep 31.75')).toBe('')
  })

  test('ends what a block leaves running', async () => {
    const { output } = await run('sh', 'setsid sleep 32.25 >/dev/null 2>&1 & echo done')

    expect(output).toBe('done\n')
    if (process.platform === 'linux') expect(left('sleep 32.25')).toBe('')
  })

  test('passes no key on', async () => {
    process.env['SOME_API_KEY'] = 'canary'
    const { output } = await run('sh', 'env')
    delete process.env['SOME_API_KEY']

    expect(output).not.toContain('canary')
  })
})

describe.skipIf(!hasPython)(
  hasPython ? 'a Python on the host' : 'SKIPPED, there is no Python',
  { timeout: 60_000 },
  () => {
    test('can be that of a virtual environment', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'venv-'))
      execFileSync(findPrograms('python3')[0] ?? 'python3', ['-m', 'venv', '--without-pip', folder])
      const { output } = await run('python', 'import sys; print(sys.prefix)', { virtualEnv: folder })
      rmSync(folder, { recursive: true })

      expect(output).toContain(folder.split('/').at(-1))
      expect(existsSync(folder)).toBe(false)
    })
  },
)

/** The commands of processes that begin with this one. */
function left(command: string): string {
  const commands = readdirSync('/proc').map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    } catch {
      return ''
    }
  })
  return commands.filter((each) => each.startsWith(command)).join()
}
