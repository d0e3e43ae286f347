import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CodeExecutorError, ConfigurationError, type CodeResult, type ExecuteOptions } from 'conversable'
import { createCodeExecutor, SandboxRuntimeExecutor } from './index.ts'

const problem = await SandboxRuntimeExecutor.probe()
const title = problem === undefined ? 'sandbox-runtime' : `SKIPPED, sandbox-runtime does not run here (${problem})`

describe.skipIf(problem !== undefined)(title, { timeout: 60_000 }, () => {
  let executor: SandboxRuntimeExecutor
  beforeAll(() => {
    executor = new SandboxRuntimeExecutor()
  })
  afterAll(() => executor[Symbol.asyncDispose]())

  const run = (language: string, code: string, options: ExecuteOptions = {}): PromiseLike<CodeResult> =>
    executor.execute([{ language, code }], options)

  test.each([
    { language: 'sh', code: 'echo $((6 * 7)) é' },
    { language: 'bash', code: 'a=(42); echo "${a[0]} é"' },
    { language: 'python', code: 'print(6 * 7, "é")' },
    { language: 'js', code: 'console.log(6 * 7, "é")' },
  ])('runs $language', async ({ language, code }) => {
    const { exitCode, output } = await run(language, code)

    expect({ exitCode, output }).toEqual({ exitCode: 0, output: '42 é\n' })
  })

  test('blocks share files, up to the first that fails, and what they leave are artifacts', async () => {
    const blocks = [
      { language: 'sh', code: 'cat given > a.csv; mktemp >/dev/null && echo $TMPDIR' },
      { language: 'python', code: 'print(open("a.csv").read()); exit(3)' },
      { language: 'sh', code: 'echo never' },
    ]
    const { exitCode, output, artifacts } = await executor.execute(blocks, { files: { given: 'a,b' } })

    expect({ exitCode, output }).toEqual({ exitCode: 3, output: '/tmp\na,b\n' })
    expect(artifacts.map(({ path, mime }) => ({ path, mime }))).toEqual([{ path: 'a.csv', mime: 'text/csv' }])
    await executor.restart()
    expect((await run('sh', 'ls')).output).toMatch(/^tmp_code_\w+\.sh\n$/)
  })

  test('input and variables are those that are given, and no proxy is named where there is no network', async () => {
    vi.stubEnv('NOT_FOR_PROGRAMS', 'canary')
    const { output } = await run('sh', 'read line; echo "$line $REGION"; env', {
      stdin: 'typed\n',
      env: { REGION: 'north' },
    })
    vi.unstubAllEnvs()

    expect(output).toMatch(/^typed north\n/)
    expect(output).not.toMatch(/canary|proxy/i)
  })

  test.each([
    {
      what: 'time',
      code: 'echo before; sleep 30 & setsid sleep 30 & sleep 30',
      limits: { timeoutMs: 1500 },
      exitCode: 124,
      reason: 'timeout',
    },
    { what: 'output', code: 'echo before; yes', limits: { outputBytes: 1000 }, exitCode: 137, reason: 'output' },
    {
      what: 'disk, where the folders of the machine are empty ones',
      code: 'echo before; for d in /var /home /srv; do chmod u+w $d; head -c 60000000 /dev/zero > $d/x; done; sleep 2',
      limits: {},
      exitCode: 137,
      reason: 'disk',
    },
  ])('the limit of $what ends a program, and what it printed until then is kept', async (given) => {
    const { exitCode, reason, output } = await run('sh', given.code, { limits: given.limits })

    expect({ exitCode, reason }).toEqual({ exitCode: given.exitCode, reason: given.reason })
    expect(output).toMatch(/^before\n/)
  })

  test('an abort ends everything', async () => {
    const controller = new AbortController()
    const blocks = [{ language: 'sh', code: 'echo before; setsid sleep 30 & sleep 30' }]
    const execution = executor.execute(blocks, { signal: controller.signal })
    for await (const event of execution) if (event.type === 'stdout') controller.abort()

    expect(await execution).toMatchObject({ exitCode: 137, reason: 'aborted', output: 'before\n' })
  })

  test('after disposal no process, folder or socket is left', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'own-'))
    chmodSync(folder, 0o711)
    vi.stubEnv('TMPDIR', folder)
    const short = new SandboxRuntimeExecutor({ network: ['example.com'] })
    const execution = short.execute([{ language: 'sh', code: 'echo left; setsid sleep 30' }])
    for await (const event of execution) if (event.type === 'stdout') await short[Symbol.asyncDispose]()
    vi.unstubAllEnvs()

    expect((await execution).reason).toBe('aborted')
    expect(() => short.execute([])).toThrow(CodeExecutorError)
    expect(readdirSync(folder)).toEqual([])
    expect(commandsWith(folder)).toEqual([])
    rmSync(folder, { recursive: true })
  })

  describe('with a network', () => {
    let servers: readonly Server[]
    beforeAll(async () => {
      servers = await Promise.all(['first', 'second'].map(listen))
    })
    afterAll(() => servers.forEach((server) => server.close()))

    test('programs reach what is allowed, and no more; two executors do not share what they allow', async () => {
      const [first, second] = servers.map(portOf)
      const code = [
        'import urllib.request',
        `for port in (${first}, ${second}):`,
        '    try: print(urllib.request.urlopen(f"http://127.0.0.1:{port}/").read().decode())',
        '    except Exception as error: print(error)',
      ].join('\n')
      await using one = await createCodeExecutor('auto', { network: [`127.0.0.1:${first}`], log: () => {} })
      await using other = new SandboxRuntimeExecutor({ network: [`127.0.0.1:${second}`] })
      const [seen, seenByOther] = await Promise.all(
        [one, other].map((each) => each.execute([{ language: 'python', code }])),
      )

      expect({ kind: one.kind, network: one.isolation.network }).toEqual({
        kind: 'sandbox-runtime',
        network: 'allow-list',
      })
      expect(seen?.output).toBe('first\nHTTP Error 403: Forbidden\n')
      expect(seenByOther?.output).toBe('HTTP Error 403: Forbidden\nsecond\n')
    })

    test('without one, nothing is reached', async () => {
      const code = `import socket; socket.create_connection(("127.0.0.1", ${portOf(servers[0])}))`

      expect((await run('python', code)).output).toMatch(/ConnectionRefusedError|Network is unreachable/)
    })
  })
})

function listen(text: string): Promise<Server> {
  const server = createServer((_request, response) => response.end(text))
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

function portOf(server: Server | undefined): number {
  const address = server?.address()
  return typeof address === 'object' && address ? address.port : 0
}

function commandsWith(token: string): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && textOf(`/proc/${pid}/cmdline`).includes(token))
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

test.each([
  { options: { workDir: '/' }, says: 'Give a folder with nothing else in it' },
  { options: { network: 'open' }, says: "Give 'none', or a list of hosts" },
  { options: { network: ['https://example.com'] }, says: 'Give names as api.example.com' },
  { options: { network: ['*'] }, says: 'Give names as api.example.com' },
  { options: { disk: 'memory' }, says: 'has no option "disk"' },
])('an executor of $options is refused', ({ options, says }) => {
  expect(() => new SandboxRuntimeExecutor(options as object)).toThrow(ConfigurationError)
  expect(() => new SandboxRuntimeExecutor(options as object)).toThrow(says)
})
