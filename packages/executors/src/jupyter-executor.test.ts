import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CodeExecutorError, ConfigurationError, type CodeResult, type ExecuteOptions } from 'conversable'
import { JupyterExecutor } from './index.ts'

const problem = await JupyterExecutor.probe()
const title = problem === undefined ? 'a kernel' : `SKIPPED, there is no Jupyter kernel here (${problem})`
const GONE = 'The kernel has ended, and the variables of all blocks are gone.\n'
const hasPlots = problem === undefined && (await canImport('matplotlib'))

async function canImport(module: string): Promise<boolean> {
  await using executor = new JupyterExecutor()
  return (await executor.execute([{ language: 'python', code: `import ${module}` }])).exitCode === 0
}

describe.skipIf(problem !== undefined)(title, { timeout: 60_000 }, () => {
  let executor: JupyterExecutor
  beforeAll(() => {
    executor = new JupyterExecutor()
  })
  afterAll(() => executor[Symbol.asyncDispose]())

  const run = (code: string, options: ExecuteOptions = {}, language = 'python'): PromiseLike<CodeResult> =>
    executor.execute([{ language, code }], options)

  test('keeps variables between blocks and executions, until a restart forgets them', async () => {
    const blocks = [
      { language: 'python', code: 'x = 41\nprint("naïve 😀")' },
      { language: 'python', code: 'x + 1' },
    ]
    expect((await executor.execute(blocks)).output).toBe('naïve 😀\n42\n')
    expect((await run('print(x)')).output).toBe('41\n')
    await executor.restart()

    const { exitCode, output } = await run('x')
    expect(exitCode).toBe(1)
    expect(output).toMatch(/^ERROR: NameError: name 'x' is not defined\n[^]*\nNameError: name 'x' is not defined\n$/)
    expect(output).not.toContain('\u001b')
  })

  test('runs other languages in the same folder, each as a program of its own', async () => {
    const { output } = await executor.execute([
      { language: 'python', code: 'open("a.txt", "w").write("from python\\n"); import os; os.getcwd()' },
      { language: 'sh', code: 'cat a.txt; pwd; exit 3' },
      { language: 'python', code: 'print("never")' },
    ])

    expect(output).toBe("'/workspace'\nfrom python\n/workspace\n")
  })

  test.each([
    { code: 'exit(3)', exitCode: 3, output: '' },
    { code: 'import sys; sys.exit("last words")', exitCode: 1, output: 'last words\n' },
    { code: 'raise SystemExit', exitCode: 0, output: '' },
    { code: 'import os; os._exit(5)', exitCode: 5, output: GONE },
    { code: 'import asyncio\nasync def main():\n  return 3\nprint(asyncio.run(main()))', exitCode: 0, output: '3\n' },
    { code: 'import sys; sys.stdout.buffer.write("é".encode()); None', exitCode: 0, output: 'é' },
    { code: 'import subprocess; subprocess.run(["echo", "sub"]); None', exitCode: 0, output: 'sub\n' },
    { code: '!echo $((6 * 7))', exitCode: 0, output: '42\r\n' },
  ])('$code ends with $exitCode', async ({ code, ...expected }) => {
    expect(await run(code)).toMatchObject(expected)
  })

  test('characters of other programs are not cut in two', async () => {
    const { output } = await run('import subprocess; subprocess.run(["python3", "-c", "print(\'é€\' * 20000)"]); None')

    expect(output).toBe(`${'é€'.repeat(20_000)}\n`)
  })

  test('output is seen while the program runs', async () => {
    const execution = executor.execute(
      [{ language: 'python', code: 'print("one")\nopen("go", "x")\nprint(input())' }],
      {
        stdin: 'two\n',
      },
    )
    const seen: string[] = []
    for await (const event of execution) seen.push(event.type)

    expect(seen.slice(0, 2)).toEqual(['start', 'stdout'])
    expect((await execution).output).toBe('one\ntwo\n')
  })

  test('input is given line by line, and then ends', async () => {
    const code = 'print(input("name? "))\ntry: input()\nexcept EOFError: print("end")'

    expect((await run(code, { stdin: 'Ada\n' })).output).toBe('name? Ada\nend\n')
  })

  test('variables of the environment are there for one run, and files stay', async () => {
    const code = 'import os; print(os.environ.get("REGION"), open("a/b.txt").read())'
    const options = { env: { REGION: 'nörth "\\ 😀' }, files: { 'a/b.txt': 'é' } }

    expect((await run(code, options)).output).toBe('nörth "\\ 😀 é\n')
    expect((await run(code)).output).toBe('None é\n')
  })

  test('what is displayed is an event, a file, and a line in the words of AutoGen', async () => {
    const execution = executor.execute([
      {
        language: 'python',
        code: 'from IPython.display import HTML, JSON, display\ndisplay(HTML("<b>é</b>"))\nJSON({"a": 1})',
      },
    ])
    const displays: unknown[] = []
    for await (const event of execution) if (event.type === 'display') displays.push(event.data)
    const { output, artifacts } = await execution
    const [artifact] = artifacts

    expect(displays).toEqual([
      { 'text/plain': '<IPython.core.display.HTML object>', 'text/html': '<b>é</b>' },
      { 'text/plain': '<IPython.core.display.JSON object>', 'application/json': '{"a":1}' },
    ])
    expect(output).toBe(
      `<IPython.core.display.HTML object>\nHTML data saved to /workspace/${artifact?.path}\n<IPython.core.display.JSON object>\n{"a":1}\n`,
    )
    expect(artifact).toMatchObject({ mime: 'text/html', origin: 'display', size: 9 })
    expect(new TextDecoder().decode(await artifact?.read())).toBe('<b>é</b>')
  })

  test.skipIf(!hasPlots)(hasPlots ? 'a plot is a PNG' : 'SKIPPED, there is no matplotlib here', async () => {
    const code = 'import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()'
    const { exitCode, output, artifacts } = await run(code)
    const bytes = Buffer.from((await artifacts[0]?.read()) ?? [])

    expect({ exitCode, count: artifacts.length, mime: artifacts[0]?.mime }).toEqual({
      exitCode: 0,
      count: 1,
      mime: 'image/png',
    })
    expect(output).toMatch(/^<Figure size .*>\nImage data saved to \/workspace\/[\w-]+\.png\n$/)
    expect(bytes.toString('latin1', 0, 8)).toBe('\u0089PNG\r\n\u001a\n')
    expect(bytes.toString('latin1', 12, 16)).toBe('IHDR')
    expect(bytes.readUInt32BE(16)).toBeGreaterThan(100)
    expect(bytes.toString('latin1', bytes.length - 8, bytes.length - 4)).toBe('IEND')
  })

  // A kernel on a busy machine may be too slow to obey.
  test('at the time limit a program is interrupted, its children end, and variables stay', { retry: 4 }, async () => {
    const code =
      'import subprocess, time\nx = 7\nchild = subprocess.Popen(["sleep", "30"])\nprint("before")\ntime.sleep(30)'
    const { exitCode, reason, output } = await run(code, { limits: { timeoutMs: 800 } })

    expect({ exitCode, reason, output }).toEqual({ exitCode: 124, reason: 'timeout', output: 'before\n\nTimeout' })
    expect((await run('print(x, child.wait())')).output).toBe('7 -9\n')
  })

  test('a program that is deaf to the interrupt takes the kernel with it', async () => {
    const code = 'import time\nprint("before")\nwhile True:\n  try: time.sleep(30)\n  except BaseException: pass'
    const { exitCode, output } = await run(code, { limits: { timeoutMs: 800 } })

    expect({ exitCode, output }).toEqual({ exitCode: 124, output: `before\n${GONE}\nTimeout` })
    expect((await run('print(6 * 7)')).output).toBe('42\n')
  })

  test('an abort ends the program, and one that has happened before runs nothing', { retry: 4 }, async () => {
    const controller = new AbortController()
    const execution = executor.execute(
      [{ language: 'python', code: 'print("before", flush=True)\nimport time; time.sleep(30)' }],
      {
        signal: controller.signal,
      },
    )
    for await (const event of execution) if (event.type === 'stdout') controller.abort()

    expect(await execution).toMatchObject({ exitCode: 137, reason: 'aborted', output: 'before\n' })
    expect(await run('print(1)', { signal: AbortSignal.abort() })).toMatchObject({ reason: 'aborted', output: '' })
  })

  test.each([
    { what: 'output', code: 'while True: print("x" * 1000)', limits: { outputBytes: 10_000 }, reason: 'output' },
    { what: 'output in one piece', code: 'print("x" * 50_000_000)', limits: {}, reason: 'output' },
    { what: 'memory', code: 'x = bytearray(b"x") * (400 << 20)', limits: { memoryBytes: 200 << 20 }, reason: 'memory' },
    {
      what: 'disk',
      code: 'for i in range(10**6): open(f"f{i}", "w").write("x" * 50_000)',
      limits: { diskBytes: 5_000_000 },
      reason: 'disk',
    },
  ])('the limit of $what ends the kernel, and the next run has another', async ({ code, limits, reason }) => {
    const result = await run(code, { limits })

    expect({ exitCode: result.exitCode, reason: result.reason }).toEqual({ exitCode: 137, reason })
    expect(result.output).toContain(GONE)
    await executor.restart()
    expect((await run('print(6 * 7)')).output).toBe('42\n')
  })

  test('between executions nothing of it moves', async () => {
    await run('import threading, time\nn = 0\ndef count():\n  global n\n  while True:\n    n += 1; time.sleep(0.01)')
    await run('threading.Thread(target=count, daemon=True).start()')
    await delay(500)

    expect(Number((await run('print(n)')).output)).toBeLessThan(40)
  })

  test('a module that lies in the folder is imported by programs, and by no kernel', async () => {
    const planted = { 'zmq.py': 'open("planted", "w")', 'tools.py': 'def half(n): return n / 2' }
    await run('1', { files: planted })
    await run('import os; os._exit(0)')
    const { output } = await run('import os, tools\nprint(tools.half(3), os.path.exists("planted"))')

    expect(output).toBe('1.5 False\n')
    await executor.restart()
  })

  test('after disposal no process, folder or socket is left, daemons included', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'own-'))
    chmodSync(folder, 0o711)
    vi.stubEnv('TMPDIR', folder)
    const token = `tkn${process.hrtime.bigint()}`
    {
      await using short = new JupyterExecutor()
      const code = `import os, subprocess\nsubprocess.Popen(["sh", "-c", "sleep 30", "${token}"], start_new_session=True)\nprint("left")`
      expect((await short.execute([{ language: 'python', code }])).output).toBe('left\n')
    }

    expect(commandsWith(token)).toEqual([])
    vi.unstubAllEnvs()
    expect(readdirSync(folder)).toEqual([])
    rmSync(folder, { recursive: true })
  })

  test('disposal ends a run, and nothing runs after it', async () => {
    const short = new JupyterExecutor()
    const execution = short.execute([{ language: 'python', code: 'import time; time.sleep(30)' }])
    await short[Symbol.asyncDispose]()

    expect((await execution).reason).toBe('aborted')
    expect(() => short.execute([])).toThrow(CodeExecutorError)
  })

  test('a work folder that is given is kept', async () => {
    const workDir = mkdtempSync(join(tmpdir(), 'work-'))
    {
      await using kept = new JupyterExecutor({ workDir })
      const { artifacts } = await kept.execute([{ language: 'python', code: 'open("new.txt", "w").write("x"); None' }])
      expect(artifacts.map(({ path, origin }) => ({ path, origin }))).toEqual([{ path: 'new.txt', origin: 'file' }])
    }
    expect(readFileSync(join(workDir, 'new.txt'), 'utf8')).toBe('x')
    rmSync(workDir, { recursive: true })
  })
})

function commandsWith(token: string): string[] {
  const commands = readdirSync('/proc').map((pid) => `/proc/${pid}/cmdline`)
  return commands
    .filter((path) => /\/\d+\//.test(path) && existsSync(path))
    .filter((path) => textOf(path).includes(token))
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

test('without ipykernel the error names what to install', async () => {
  const reason = await JupyterExecutor.probe({ python: '/bin/false' })

  expect(reason).toMatch(/apt-get install python3-ipykernel|bubblewrap/)
})

test.each([
  { options: { workDir: '/' }, says: 'Give a folder with nothing else in it' },
  { options: { limits: { processes: 8 } }, says: 'Give a whole number from 32' },
  { options: { network: 'open' }, says: 'has no option "network"' },
  { options: { server: { baseUrl: 'ftp://x' } }, says: 'Give one as http://127.0.0.1:8888' },
  { options: { server: { baseUrl: 'http://x', token: 3 } }, says: 'Give texts' },
  { options: { server: { baseUrl: 'http://x' }, python: 'python3' }, says: 'give its kernelName' },
])('an executor of $options is refused', ({ options, says }) => {
  expect(() => new JupyterExecutor(options as object)).toThrow(ConfigurationError)
  expect(() => new JupyterExecutor(options as object)).toThrow(says)
})
