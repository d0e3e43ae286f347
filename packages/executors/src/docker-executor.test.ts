import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import Dockerode from 'dockerode'
import { CodeExecutorError, type CodeResult, type ExecuteOptions } from 'conversable'
import { engineForTests } from '../hostile/engine-for-tests.ts'
import { engineSocket } from './docker/engine-socket.ts'
import { createCodeExecutor, DockerExecutor } from './index.ts'

const OWN = engineForTests('docker')
const problem = await DockerExecutor.probe(OWN)
const title = problem === undefined ? 'DockerExecutor' : `SKIPPED, no test runs in Docker (${problem})`
if (problem !== undefined) console.warn(`SKIPPED, all tests that need a Docker engine. Try: npm run test:docker`)

describe.skipIf(problem !== undefined)(title, { timeout: 60_000 }, () => {
  const namePrefix = `conversable-test-${process.pid}-`
  const engine = new Dockerode({ socketPath: OWN.socket ?? engineSocket('docker') })
  let executor: DockerExecutor
  beforeAll(() => {
    executor = new DockerExecutor({ ...OWN, namePrefix })
  })
  afterAll(async () => {
    await executor[Symbol.asyncDispose]()
    expect(await containers()).toEqual([])
  })

  const run = (language: string, code: string, options: ExecuteOptions = {}): PromiseLike<CodeResult> =>
    executor.execute([{ language, code }], options)

  async function containers(): Promise<string[]> {
    const found = await engine.listContainers({ all: true, filters: { name: [namePrefix] } })
    return found.map(({ Id }) => Id)
  }

  test.each([
    { language: 'sh', code: 'echo $((6 * 7))' },
    { language: 'Bash', code: 'a=(42); echo "${a[0]}"' },
    { language: 'python', code: 'print(6 * 7)' },
  ])('runs $language', async ({ language, code }) => {
    expect(await run(language, code)).toMatchObject({ exitCode: 0, output: '42\n', truncated: false })
  })

  test('runs JavaScript and TypeScript if the image has a Node for them, and says so if not', async () => {
    const { exitCode, output } = await run('typescript', 'const n: number = 42; console.log(n)')

    if (exitCode === 0) expect(output).toBe('42\n')
    else expect(output).toMatch(/The image ".+" has no node 22.6 or later, so there is no typescript\./)
  })

  test('blocks share files and a container, up to the first that fails', async () => {
    const { exitCode, output, artifacts } = await executor.execute(
      [
        { language: 'sh', code: 'mkdir -p a/b && echo one > a/b/c && pwd' },
        { language: 'python', code: 'print(open("a/b/c").read(), end=""); exit(3)', filename: 'sub/read.py' },
        { language: 'sh', code: 'echo never' },
      ],
      { files: { 'in.txt': 'x' } },
    )

    expect({ exitCode, output }).toEqual({ exitCode: 3, output: '/workspace\none\n' })
    expect(artifacts.map(({ path }) => path)).toEqual(['a/b/c'])
    expect(await containers()).toHaveLength(1)
  })

  test('stdout and stderr are told apart while a program runs', async () => {
    const seen: string[] = []
    for await (const event of executor.execute([
      { language: 'sh', code: 'echo out; sleep 0.2; echo err >&2; sleep 0.2' },
    ])) {
      if (event.type === 'stdout' || event.type === 'stderr') seen.push(`${event.type} ${event.text}`)
    }

    expect(seen).toEqual(['stdout out\n', 'stderr err\n'])
  })

  test('input, variables and code are given as they are, and nothing of the host', async () => {
    process.env['NOT_FOR_PROGRAMS'] = 'canary'
    const { output } = await run('sh', 'read line; echo "$line $REGION"; cat; env', {
      stdin: 'typed\nrest\n',
      env: { REGION: 'north' },
    })
    delete process.env['NOT_FOR_PROGRAMS']

    expect(output).toContain('typed north\nrest\n')
    expect(output).not.toContain('canary')
    expect((await run('sh', 'cat; echo end')).output).toBe('end\n')
  })

  test('a program has no rights, no network and no other place to write to', async () => {
    const code = `
id -u
cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' '
touch /etc/x /usr/x 2>/dev/null || echo closed
while read -r name value; do case $name in CapEff:|NoNewPrivs:) echo "$name $value";; esac; done < /proc/self/status`
    const { output } = await run('sh', code)

    expect(output).toMatch(/^[1-9]\d*\nlo\nclosed\nCapEff: 0000000000000000\nNoNewPrivs: 1\n$/)
  })

  test.each([
    {
      what: 'time',
      code: 'echo before; echo x > kept.txt; sleep 30 & sleep 30',
      limits: { timeoutMs: 600 },
      exitCode: 124,
      reason: 'timeout',
    },
    { what: 'output', code: 'echo before; yes', limits: { outputBytes: 1000 }, exitCode: 137, reason: 'output' },
    {
      what: 'memory',
      code: 'echo before; python3 -c "x = bytearray(b\'x\') * (400 << 20)" & sleep 30',
      limits: { memoryBytes: 64 * 1024 * 1024 },
      exitCode: 137,
      reason: 'memory',
    },
    {
      what: 'disk',
      code: 'echo before; while :; do head -c 1000000 /dev/zero > $RANDOM.bin; done',
      limits: { diskBytes: 4_000_000 },
      exitCode: 137,
      reason: 'disk',
    },
  ])('the limit of $what ends a program, and what it printed until then is kept', async (given) => {
    const result = await run('bash', given.code, { limits: given.limits })

    expect(result).toMatchObject({ exitCode: given.exitCode, reason: given.reason })
    expect(result.output).toMatch(/^before\n/)
    if (given.reason === 'timeout') expect(result.artifacts.map(({ path }) => path)).toContain('kept.txt')
    await executor.restart()
    expect((await run('sh', 'ls')).output).toBe('tmp_code_44ba5ca65651b4f36f1927576dd35436.sh\n')
  })

  test('an abort ends everything within half a second', async () => {
    const controller = new AbortController()
    const execution = executor.execute([{ language: 'sh', code: 'echo before; setsid sleep 30 & sleep 30' }], {
      signal: controller.signal,
    })
    let began = 0
    for await (const event of execution) {
      if (event.type === 'stdout') {
        began = performance.now()
        controller.abort()
      }
      if (event.type !== 'end') continue
      expect(event.result).toMatchObject({ exitCode: 137, reason: 'aborted', output: 'before\n' })
      expect(performance.now() - began).toBeLessThan(500)
    }
  })

  test('a process that a block leaves is ended, also one that holds its output', async () => {
    const left = await run('sh', 'setsid sleep 30 & echo left')
    const { output } = await run('sh', 'cat /proc/[0-9]*/comm | sort -u | tr "\\n" " "')

    expect(left).toMatchObject({ exitCode: 0, output: 'left\n' })
    expect(output).not.toContain('sleep')
  })

  test('a program that ends all processes around it does no harm', async () => {
    const { exitCode } = await run('python', 'import os\nos.kill(-1, 9)\nprint("alone")')

    expect([0, 137]).toContain(exitCode)
    expect((await run('sh', 'echo still')).output).toBe('still\n')
  })

  test.each([
    { language: 'ruby', exitCode: 1, output: 'Unsupported language ruby\n', reason: 'unsupported-language' },
    {
      language: 'css',
      exitCode: 0,
      output: 'Code saved to /workspace/tmp_code_8fc42c6ddf9966db3b09e84365034357.css\n',
    },
  ])('$language is not run', async ({ language, ...expected }) => {
    expect(await run(language, 'the')).toMatchObject(expected)
  })

  test('a policy says what is only saved, and a name outside is refused', async () => {
    await using saving = new DockerExecutor({ ...OWN, namePrefix, executionPolicies: { python: false } })
    const saved = await saving.execute([{ language: 'python', code: 'print(1)', filename: 'one.py' }])
    const outside = await saving.execute([{ language: 'sh', code: 'echo 1', filename: '../one.sh' }])

    expect(saved).toMatchObject({ exitCode: 0, output: 'Code saved to /workspace/one.py\n' })
    expect(outside).toMatchObject({ exitCode: 1, reason: 'bad-filename', output: 'Filename is not in the workspace' })
  })

  test('a work folder that is given is kept, and what comes from it does not follow links that lie in it', async () => {
    const [workDir, outside] = ['work-', 'outside-'].map((name) => mkdtempSync(join(tmpdir(), name))) as [
      string,
      string,
    ]
    writeFileSync(join(workDir, 'data.txt'), 'given')
    writeFileSync(join(outside, 'secret'), 'secret')
    symlinkSync(outside, join(workDir, 'away'))
    {
      await using kept = await createCodeExecutor('docker', { ...OWN, workDir, log: () => {} })
      const code = `cat data.txt; pwd; echo y > new.txt; ln -s ${outside}/secret report.txt; cat away/secret 2>/dev/null || echo hidden`
      const { output, artifacts } = await kept.execute([{ language: 'sh', code }])
      expect(output).toBe('given/workspace\nhidden\n')
      expect(artifacts.map(({ path }) => path)).toEqual(['new.txt'])
      const planted = await kept.execute([{ language: 'sh', code: 'echo 1', filename: 'away/planted.sh' }])
      expect(planted.reason).toBe('bad-filename')
      await kept.restart()
    }
    expect(readFileSync(join(workDir, 'new.txt'), 'utf8')).toBe('y\n')
    expect(readdirSync(outside)).toEqual(['secret'])
    for (const folder of [workDir, outside]) rmSync(folder, { recursive: true })
  })

  test('after disposal nothing is left, and nothing runs', async () => {
    const own = `${namePrefix}short-`
    const short = new DockerExecutor({ ...OWN, namePrefix: own })
    const execution = short.execute([{ language: 'sh', code: 'echo go; sleep 30' }])
    for await (const event of execution) if (event.type === 'stdout') break
    await short[Symbol.asyncDispose]()

    expect((await execution).reason).toBe('aborted')
    expect(() => short.execute([])).toThrow(CodeExecutorError)
    expect(await engine.listContainers({ all: true, filters: { name: [own] } })).toEqual([])
  })

  test.each([
    {
      options: { image: 'no-such-image:1' },
      says: /has no image "no-such-image:1"\. Run: docker pull no-such-image:1/,
    },
    { options: { network: 'no-such-network' }, says: /no-such-network/ },
  ])('what the engine does not have is an error that names it: $options', async ({ options, says }) => {
    await using failing = new DockerExecutor({ ...OWN, namePrefix, ...options })

    await expect(failing.execute([{ language: 'sh', code: 'echo 1' }])).rejects.toThrow(says)
  })
})
