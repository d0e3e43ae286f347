import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CodeExecutorError, ConfigurationError, type CodeResult, type ExecuteOptions } from 'conversable'
import { BubblewrapExecutor } from './index.ts'

const problem = await BubblewrapExecutor.probe()
const title = problem === undefined ? 'bubblewrap' : `SKIPPED, bubblewrap does not run here (${problem})`
/** Where the only Node that a sandbox can see is an old one, the executor says that there is no TypeScript. */
const hasTypes = problem === undefined && (await readsTypes())

async function readsTypes(): Promise<boolean> {
  await using executor = new BubblewrapExecutor()
  const { reason } = await executor.execute([{ language: 'typescript', code: '' }])
  return reason !== 'unsupported-language'
}

describe.skipIf(problem !== undefined)(title, { timeout: 30_000 }, () => {
  let executor: BubblewrapExecutor
  beforeAll(() => {
    executor = new BubblewrapExecutor()
  })
  afterAll(() => executor[Symbol.asyncDispose]())

  const run = (language: string, code: string, options: ExecuteOptions = {}): PromiseLike<CodeResult> =>
    executor.execute([{ language, code }], options)

  test.each([
    { language: 'sh', code: 'echo $((6 * 7))' },
    { language: 'Bash', code: 'a=(42); echo "${a[0]}"' },
    { language: 'python', code: 'print(6 * 7)' },
    { language: 'js', code: 'console.log(6 * 7)' },
  ])('runs $language', async ({ language, code }) => {
    const { exitCode, output, truncated } = await run(language, code)

    expect({ exitCode, output, truncated }).toEqual({ exitCode: 0, output: '42\n', truncated: false })
  })

  test.skipIf(!hasTypes)(
    hasTypes ? 'runs typescript' : 'SKIPPED, no node here reads types in the sandbox',
    async () => {
      const { exitCode, output } = await run('typescript', 'const n: number = 42; console.log(n)')

      expect({ exitCode, output }).toEqual({ exitCode: 0, output: '42\n' })
    },
  )

  test('blocks share files, up to the first that fails, in one folder that is the same on every machine', async () => {
    const { exitCode, output } = await executor.execute(
      [
        { language: 'sh', code: 'mkdir -p a/b && echo one > a/b/c && pwd' },
        { language: 'python', code: 'print(open("a/b/c").read(), end=""); exit(3)', filename: 'sub/read.py' },
        { language: 'sh', code: 'echo never' },
      ],
      { files: { 'in.txt': 'x' } },
    )

    expect({ exitCode, output }).toEqual({ exitCode: 3, output: '/workspace\none\n' })
  })

  test('new and changed files are artifacts, read on demand; code, links and what was there are not', async () => {
    await run('sh', 'echo old > kept; echo old > changed')
    const { artifacts } = await executor.execute(
      [
        {
          language: 'sh',
          code: 'echo new! > changed; ln -s /etc/shadow link; mkfifo pipe; cp given copy.csv',
          filename: 'run.sh',
        },
      ],
      { files: { given: 'a,b' } },
    )

    expect(artifacts.map(({ path, mime, size }) => ({ path, mime, size }))).toEqual([
      { path: 'changed', mime: 'text/plain', size: 5 },
      { path: 'copy.csv', mime: 'text/csv', size: 3 },
    ])
    expect(new TextDecoder().decode(await artifacts[0]?.read())).toBe('new!\n')
    await run('sh', 'echo newer > changed')
    await expect(artifacts[0]?.read()).rejects.toThrow(CodeExecutorError)
  })

  test('a restart forgets files', async () => {
    await run('sh', 'echo x > forgotten')
    await executor.restart()

    expect((await run('sh', 'ls forgotten 2>/dev/null || echo gone')).output).toBe('gone\n')
  })

  test('input and variables are those that are given, and no others', async () => {
    process.env['NOT_FOR_PROGRAMS'] = 'canary'
    const { output } = await run('sh', 'read line; echo "$line $REGION"; env', {
      stdin: 'typed\n',
      env: { REGION: 'north' },
    })
    delete process.env['NOT_FOR_PROGRAMS']

    expect(output).toContain('typed north\n')
    expect(output).not.toContain('canary')
  })

  test.each([
    {
      what: 'time',
      code: 'echo before; sleep 30 & sleep 30',
      limits: { timeoutMs: 600 },
      exitCode: 124,
      reason: 'timeout',
    },
    { what: 'output', code: 'echo before; yes', limits: { outputBytes: 1000 }, exitCode: 137, reason: 'output' },
    {
      what: 'disk, by many files',
      code: 'echo before; i=0; while :; do i=$((i+1)); : > f$i; done',
      limits: {},
      exitCode: 137,
      reason: 'disk',
    },
  ])('the limit of $what ends a program, and what it printed until then is kept', async (given) => {
    const result = await run('sh', given.code, { limits: given.limits })

    expect({ exitCode: result.exitCode, reason: result.reason }).toEqual({
      exitCode: given.exitCode,
      reason: given.reason,
    })
    expect(result.output).toMatch(/^before\n/)
    await executor.restart()
  })

  test('memory of several processes is counted together', async () => {
    const code = 'import os, time\nfor _ in range(3): os.fork()\nx = bytearray(b"x") * (20 << 20)\ntime.sleep(3)'
    const { exitCode, reason } = await run('python', code, { limits: { memoryBytes: 96 * 1024 * 1024 } })

    expect({ exitCode, reason }).toEqual({ exitCode: 137, reason: 'memory' })
  })

  test('a full folder is an end for the disk, and not for the executor', async () => {
    const options = { limits: { diskBytes: 1024 * 1024 } }
    const { output } = await run('sh', 'head -c 9000000 /dev/zero > big || echo full', options)
    const after = await run('sh', 'echo still', options)

    expect(output).toContain('full\n')
    expect(after.output).toBe('still\n')
    await executor.restart()
  })

  test('an abort ends everything within half a second', async () => {
    const controller = new AbortController()
    const execution = executor.execute([{ language: 'sh', code: 'echo before; setsid sleep 30 & sleep 30' }], {
      signal: controller.signal,
    })
    let began = 0
    for await (const event of execution) {
      if (event.type === 'stdout') controller.abort()
      if (began === 0) began = performance.now()
      if (event.type !== 'end') continue
      expect(event.result).toMatchObject({ exitCode: 137, reason: 'aborted', output: 'before\n' })
      expect(performance.now() - began).toBeLessThan(500)
    }
  })

  test.each(['/tmp/planted.py', '../planted.py', 'a/../../planted.py', '-rf\n'])(
    'the name %j is not in the workspace',
    async (filename) => {
      const result = await executor.execute([{ language: 'python', code: 'print(1)', filename }])

      expect(result).toMatchObject({ exitCode: 1, reason: 'bad-filename', output: 'Filename is not in the workspace' })
    },
  )

  test.each([
    { language: 'ruby', exitCode: 1, output: '\nunknown language ruby' },
    {
      language: 'css',
      exitCode: 0,
      output: 'Code saved to /workspace/tmp_code_8fc42c6ddf9966db3b09e84365034357.css\n',
    },
  ])('$language is not run', async ({ language, ...expected }) => {
    expect(await run(language, 'the')).toMatchObject(expected)
  })

  test('a work folder that is given is kept, and code does not follow links that lie in it', async () => {
    const [workDir, outside] = ['work-', 'outside-'].map((name) => mkdtempSync(join(tmpdir(), name))) as [
      string,
      string,
    ]
    writeFileSync(join(workDir, 'data.txt'), 'given')
    symlinkSync(outside, join(workDir, 'away'))
    {
      await using kept = new BubblewrapExecutor({ workDir })
      const { output, artifacts } = await kept.execute([
        { language: 'sh', code: 'cat data.txt; pwd; echo y > new.txt' },
      ])
      expect(output).toBe(`given${workDir}\n`)
      expect(artifacts.map(({ path, file }) => [path, file])).toEqual([['new.txt', join(workDir, 'new.txt')]])
      const planted = await kept.execute([{ language: 'sh', code: 'echo 1', filename: 'away/planted.sh' }])
      expect(planted.reason).toBe('bad-filename')
      await kept.restart()
    }
    expect(readFileSync(join(workDir, 'new.txt'), 'utf8')).toBe('y\n')
    expect(readdirSync(outside)).toEqual([])
    for (const folder of [workDir, outside]) rmSync(folder, { recursive: true })
  })

  test('after disposal nothing is left, and nothing runs', async () => {
    // A folder for temporary files that nobody else uses, and that users of sandboxes can get through.
    const own = mkdtempSync(join(tmpdir(), 'left-'))
    chmodSync(own, 0o711)
    vi.stubEnv('TMPDIR', own)
    const short = new BubblewrapExecutor()
    const execution = short.execute([{ language: 'sh', code: 'sleep 30' }])
    await new Promise((resolve) => setTimeout(resolve, 200))
    await short[Symbol.asyncDispose]()

    expect((await execution).reason).toBe('aborted')
    expect(() => short.execute([])).toThrow(CodeExecutorError)
    expect(readdirSync(own)).toEqual([])
    vi.unstubAllEnvs()
    rmSync(own, { recursive: true })
  })
})

test.each([
  { options: { workDir: '/' }, says: 'Give a folder with nothing else in it' },
  { options: { workDir: '/etc/x' }, says: 'Give a folder with nothing else in it' },
  { options: { disk: 'tape' }, says: `It is 'memory' or 'folder'` },
  { options: { network: 'open' }, says: 'has no option "network"' },
  { options: { limits: { processes: 1 } }, says: 'Give a whole number from 8' },
])('an executor of $options is refused', ({ options, says }) => {
  expect(() => new BubblewrapExecutor(options as object)).toThrow(ConfigurationError)
  expect(() => new BubblewrapExecutor(options as object)).toThrow(says)
})

test.each([{ LD_PRELOAD: '/x.so' }, { 'A-B': '1' }, { A: 1 }])('the variables %j are refused', (env) => {
  const execute = (): unknown => new BubblewrapExecutor().execute([], { env: env as Record<string, string> })
  expect(execute).toThrow(ConfigurationError)
})
