import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CodeResult, ExecuteOptions, ExecutionEvent } from 'conversable'
import { WasmExecutor } from './index.ts'

const MIB = 1024 * 1024
const problem = await WasmExecutor.probe()
if (problem !== undefined) console.warn(`SKIPPED, all tests of WasmExecutor: ${problem}`)

/** The processes of programs that this process has started. */
function programs(): string[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.trim().split(/\s+/)[1] === String(process.pid) && /(?:python|script|shell)-child/.test(line))
}

describe.skipIf(problem !== undefined)('WasmExecutor', { timeout: 30_000 }, () => {
  let executor: WasmExecutor
  const run = async (language: string, code: string, options?: ExecuteOptions): Promise<CodeResult> =>
    executor.execute([{ language, code }], options)

  beforeAll(() => {
    executor = new WasmExecutor()
  })
  afterAll(async () => {
    await executor[Symbol.asyncDispose]()
    expect(programs()).toEqual([])
  })

  test.each<[language: string, code: string, exitCode: number, output: string | RegExp]>([
    ['python', 'print(6 * 7)', 0, '42\n'],
    ['py', 'import sys\nprint("a", end="")\nprint("b", end="", file=sys.stderr)\nprint("c")', 0, 'abc\n'],
    ['Python', 'import sys; sys.exit(3)', 3, ''],
    ['python', 'raise SystemExit("stop")', 1, 'stop\n'],
    [
      'python',
      'def f():\n  return 1 / 0\nf()',
      1,
      /^Traceback[^]+line 3, in <module>[^]+ZeroDivisionError: division by zero\n$/,
    ],
    ['python', 'x = = 1', 1, /SyntaxError: invalid syntax\n$/],
    ['python', 'import os; os._exit(4)', 4, ''],
    [
      'python',
      'import asyncio\nasync def main():\n  await asyncio.sleep(0.01)\n  print("done")\nasyncio.run(main())',
      0,
      'done\n',
    ],
    ['python', 'import sqlite3\nprint(sqlite3.connect("a.db").execute("select 1 + 1").fetchone()[0])', 0, '2\n'],
    ['python', 'class A:\n  pass\nprint(__name__, A.__module__)', 0, '__main__ __main__\n'],
    ['python', 'print("é", "日本", "\\U0001F600")', 0, 'é 日本 😀\n'],
    ['js', 'console.log("a"); console.error("b"); process.stdout.write("c\\n"); process.exitCode = 5', 5, 'a\nb\nc\n'],
    ['javascript', 'throw new Error("boom")', 1, /^Uncaught Error: boom\n/],
    ['js', 'Promise.reject(new Error("later"))', 1, /^Uncaught Error: later\n/],
    ['ts', 'const x: number = await Promise.resolve(2); console.log(x)', 0, '2\n'],
    [
      'node',
      'const fs = require("fs"); fs.writeFileSync("n.txt", "n"); console.log(fs.readFileSync("n.txt", "utf8"))',
      0,
      'n\n',
    ],
    ['sh', 'echo é; printf "%03d\\n" 7 | tr 0 x; false || exit 4', 4, 'é\nxx7\n'],
    ['bash', 'a=(1 2 3); for i in "${a[@]}"; do echo $((i * i)); done', 0, '1\n4\n9\n'],
    ['ruby', 'puts 1', 1, '\nunknown language ruby'],
    ['html', '<p>', 0, /^Code saved to .+\.html\n$/],
  ])('%s: %s', async (language, code, exitCode, output) => {
    const result = await run(language, code)

    expect(result.output).toEqual(typeof output === 'string' ? output : expect.stringMatching(output))
    expect(result.exitCode).toBe(exitCode)
  })

  test('env, stdin and files are given to programs of each language', async () => {
    const given = { env: { COLOR: 'red' }, stdin: 'line\n', files: { 'in/a.txt': 'file' } }
    const python = await run('python', 'import os\nprint(os.environ["COLOR"], input(), open("in/a.txt").read())', given)
    const shell = await run('sh', 'read x; echo $COLOR $x $(cat in/a.txt)', given)
    const script = await run(
      'js',
      'console.log(process.env.COLOR, (await new Response(Deno.stdin.readable).text()).trim(), Deno.readTextFileSync("in/a.txt"))',
      given,
    )

    expect([python.output, shell.output, script.output]).toEqual(Array(3).fill('red line file\n'))
  })

  test('blocks share the work folder in order, the first to fail is the last, and files are artifacts', async () => {
    await using own = new WasmExecutor()
    const result = await own.execute([
      { language: 'python', code: 'open("data.csv", "w").write("1,2")\nopen("gone", "w").write("")' },
      { language: 'sh', code: 'cat data.csv; rm gone; mkdir -p out; echo shell > out/s.txt' },
      { language: 'js', code: 'Deno.writeFileSync("p.png", new Uint8Array([0x89, 0x50])); Deno.exit(7)' },
      { language: 'python', code: 'print("never")' },
    ])
    const found = result.artifacts.map(({ path, mime, size }) => `${path} ${mime} ${size}`)

    expect(result).toMatchObject({ exitCode: 7, output: '1,2' })
    expect(found).toEqual(['data.csv text/csv 3', 'out/s.txt text/plain 6', 'p.png image/png 2'])
    expect(Buffer.from((await result.artifacts[1]?.read()) ?? []).toString()).toBe('shell\n')
    await own.restart()
    expect(await own.execute([{ language: 'python', code: 'import os\nprint(os.listdir())' }])).toMatchObject({
      output: expect.stringMatching(/^\['tmp_code_\w+\.py'\]\n$/),
    })
  })

  test('a block finds nothing of what an earlier one left in Python', async () => {
    const leave = [
      'import builtins, json, os, random, sys',
      'builtins.leak = json.leak = sys.leak = x = 1',
      'os.environ["LEAK"] = "1"; sys.path.append("/leak"); random.seed(1)',
      'os.mkdir("/tmp/leak"); open("/lib/leak.py", "w").write("1"); os.remove("/lib/python314.zip")',
      'os.symlink("/lib", "link"); os.close(1)',
    ]
    const look = [
      'import builtins, json, os, sys',
      'print([hasattr(each, "leak") for each in (builtins, json, sys)], "x" in globals(), "LEAK" in os.environ)',
      'print("/leak" in sys.path, os.listdir("/tmp"), os.path.exists("/lib/leak.py"), os.path.lexists("link"))',
      'import turtledemo' /* not in the standard library that Pyodide ships: the archive is still read */,
    ]
    const chance = 'import random; print(random.random())'

    expect(await run('python', leave.join('\n'))).toMatchObject({ exitCode: 0 })
    expect((await run('python', look.join('\n'))).output).toMatch(
      /^\[False, False, False\] False False\nFalse \[\] False False\n[^]*No module named 'turtledemo'\n$/,
    )
    expect((await run('python', chance)).output).not.toBe((await run('python', chance)).output)
  })

  test.each([
    {
      language: 'python',
      code: 'print("so far")\nwhile True:\n  try:\n    while True: pass\n  except BaseException: pass',
      output: 'so far\n\nTimeout',
    },
    {
      language: 'js',
      code: 'console.log("so far"); process.on("SIGTERM", () => {}); for (;;);',
      output: 'so far\n\nTimeout',
    },
    // A shell script is heard of when it has ended.
    { language: 'sh', code: 'echo so far; sleep 100', output: '\nTimeout' },
  ])('$language: $code is ended at the time limit', async ({ language, code, output }) => {
    const result = await run(language, code, { limits: { timeoutMs: 1200 } })

    expect(result).toMatchObject({ exitCode: 124, reason: 'timeout', output })
    expect(result.durationMs).toBeLessThan(1700)
  })

  test.each(['python', 'js'])(
    '%s: an abort ends it within half a second, and leaving the loop as well',
    async (language) => {
      const code = language === 'js' ? 'console.log(1); for (;;);' : 'print(1)\nwhile True: pass'
      const ending = new AbortController()
      let abortedAt = 0
      const events: ExecutionEvent[] = []
      for await (const event of executor.execute([{ language, code }], { signal: ending.signal })) {
        events.push(event)
        if (event.type !== 'stdout') continue
        abortedAt = performance.now()
        ending.abort()
      }
      const tookMs = performance.now() - abortedAt

      expect(events.at(-1)).toMatchObject({
        type: 'end',
        result: { exitCode: 137, reason: 'aborted', output: expect.stringMatching(/^1\n?$/) },
      })
      expect(tookMs).toBeLessThan(500)
      for await (const event of executor.execute([{ language, code }])) if (event.type === 'stdout') break
      await run('html', '')
      expect(programs()).toEqual([])
    },
  )

  test.each<[language: string, code: string, reason: string, limits: ExecuteOptions['limits']]>([
    ['python', 'a = []\nwhile True: a.append(bytearray(10**7))', 'memory', { memoryBytes: 100 * MIB }],
    ['js', 'const a = []; for (;;) a.push(new Array(1e5).fill(1.1))', 'memory', { memoryBytes: 64 * MIB }],
    ['js', 'const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1))', 'memory', { memoryBytes: 64 * MIB }],
    ['python', 'while True: print("x" * 999)', 'output', { outputBytes: 2000 }],
    ['js', 'for (;;) console.log("x".repeat(999))', 'output', { outputBytes: 2000 }],
    [
      'js',
      'for (let i = 0; ; i += 1) Deno.writeFileSync(`f${i % 50}`, new Uint8Array(1e6))',
      'disk',
      { diskBytes: MIB },
    ],
  ])('%s: %s is ended for its %s', async (language, code, reason, limits) => {
    await using own = new WasmExecutor({ limits: { ...limits, timeoutMs: 15_000 } })
    const result = await own.execute([{ language, code }])

    expect(result).toMatchObject({ exitCode: 137, reason })
    expect(result.output.length).toBeLessThan(4000)
    expect(result.truncated).toBe(reason === 'output')
  })

  test('files of Python are bounded where they are written', async () => {
    const code = 'with open("big", "wb") as file:\n  for _ in range(100): file.write(bytes(10**5))'
    const result = await run('python', code, { limits: { diskBytes: MIB } })

    expect(result).toMatchObject({ exitCode: 1, output: expect.stringContaining('No space left on device') })
    await executor.restart()
  })

  test('head and tail of a long output are kept', async () => {
    const result = await run('python', 'for i in range(500): print("line", i)', { limits: { outputBytes: 1000 } })

    expect(result).toMatchObject({ exitCode: 0, truncated: true })
    expect(result.output).toMatch(/^line 0\n[^]+ bytes of output are left out here …\n[^]+line 499\n$/)
  })

  test('names that lead out of the folder are refused', async () => {
    const code = 'print(1)'
    expect(await executor.execute([{ language: 'python', code, filename: '../x.py' }])).toMatchObject({
      exitCode: 1,
      reason: 'bad-filename',
      output: 'Filename is not in the workspace',
    })
    await expect(Promise.resolve(run('python', code, { files: { '/etc/x': '' } }))).rejects.toThrow('"/etc/x"')
    expect(() => executor.execute([], { limits: { memoryBytes: 1 } })).toThrow('memoryBytes')
    expect(() => new WasmExecutor({ workDir: '' })).toThrow('workDir')
  })

  test('after disposal there are no runs and no processes', async () => {
    const own = new WasmExecutor()
    await own.execute([{ language: 'python', code: 'print(1)' }])
    const running = own.execute([{ language: 'python', code: 'while True: pass' }])
    await own[Symbol.asyncDispose]()

    expect(await running).toMatchObject({ exitCode: 137, reason: 'aborted' })
    expect(() => own.execute([])).toThrow('disposed')
  })
})
