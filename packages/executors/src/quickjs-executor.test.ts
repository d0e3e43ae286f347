import { describe, expect, test } from 'vitest'
import { CodeExecutorError, ConfigurationError, type CodeResult, type ExecutionEvent } from 'conversable'
import { QuickJsExecutor, type QuickJsExecutorOptions } from './index.ts'

function run(code: string, options: QuickJsExecutorOptions = {}): PromiseLike<CodeResult> {
  return new QuickJsExecutor(options).execute([{ language: 'javascript', code }])
}

describe.concurrent('a program', { timeout: 30_000 }, () => {
  test('prints what console shows, in order', async () => {
    const { output, exitCode, truncated, artifacts } = await run(`
      console.log('one', 2, { three: [3, null] }, [undefined, -0, 4n], 'naïve 😀 \\0')
      console.warn('careful')
      console.info('%s is %d %%', 'half', '50', { of: new Map([['it', new Set([1])]]) })
      console.error(new TypeError('not thrown').message)
    `)

    expect(output).toBe(
      "one 2 { three: [ 3, null ] } [ undefined, -0, 4n ] naïve 😀 \0\ncareful\nhalf is 50 % { of: Map(1) { 'it' => Set(1) { 1 } } }\nnot thrown\n",
    )
    expect({ exitCode, truncated, artifacts }).toEqual({ exitCode: 0, truncated: false, artifacts: [] })
  })

  test('may wait at its top level, and is run to the end of all promises', async () => {
    const { output, exitCode } = await run(`
      const doubled = await Promise.all([1, 2, 3].map(async (each) => each * 2))
      Promise.resolve().then(() => Promise.resolve()).then(() => console.log('later'))
      await (async () => console.log(doubled))()
    `)

    expect({ output, exitCode }).toEqual({ output: '[ 2, 4, 6 ]\nlater\n', exitCode: 0 })
  })

  test.each([
    {
      what: 'throws',
      code: 'function half(n) {\n  throw new RangeError(`no half of ${n}`)\n}\nhalf(3)',
      error: 'RangeError: no half of 3\n    at half (program.js:2:13)\n    at program.js:4:1\n',
    },
    {
      what: 'uses what is not there',
      code: 'const x = 1\nrequire("node:fs")',
      error: 'ReferenceError: require is not defined\n    at program.js:2:1\n',
    },
    {
      what: 'is no JavaScript',
      code: 'const x = 1\nconst y = ;',
      error: "SyntaxError: unexpected token in expression: ';'\n    at program.js:2:1\n",
    },
    {
      what: 'leaves a rejection to nobody in its last line',
      code: 'async function main() {\n  await null\n  throw new Error("late", { cause: "bad data" })\n}\nmain()',
      error: "Error: late\n    at main (program.js:3:13)\n  [cause]: 'bad data'\n",
    },
    { what: 'throws no error', code: 'throw { status: 404 }', error: 'Uncaught { status: 404 }\n' },
    { what: 'throws null', code: 'throw null', error: 'Uncaught null\n' },
    {
      what: 'imports',
      code: 'import { readFileSync } from "node:fs"',
      error: 'Error: There is no module "node:fs": a program runs alone, with no imports and no network.\n',
    },
    {
      what: 'waits for ever',
      code: 'await new Promise(() => {})',
      error: 'Error: The program waits for a promise that nothing is left to settle.\n',
    },
    {
      what: 'calls itself for ever',
      code: 'const f = () => f() + 1\ntry { f() } catch (error) { console.log(error.name) }\nnull.x',
      error: "RangeError\nTypeError: cannot read property 'x' of null\n    at program.js:3:1\n",
    },
    {
      what: 'nests too deeply for the engine itself',
      code: 'eval("(".repeat(100000))',
      error: 'RangeError: Maximum call stack size exceeded\n',
    },
  ])('that $what fails with exit code 1 and says where', async ({ code, error }) => {
    const { exitCode, output, reason } = await run(code)

    expect({ exitCode, output, reason }).toEqual({ exitCode: 1, output: error, reason: undefined })
  })

  test('reads files that it was given, and is told which there are', async () => {
    const files = { 'stocks.csv': 'AAPL,1\n', 'more/été.txt': new TextEncoder().encode('é\0') }
    const { output } = await run(
      'console.log([readFile("stocks.csv"), readFile("more/été.txt")]); readFile("stock.csv")',
      { files },
    )

    expect(output).toBe(
      "[ 'AAPL,1\\n', 'é\\u0000' ]\nError: There is no file \"stock.csv\". There are: stocks.csv, more/été.txt.\n    at program.js:1:67\n",
    )
  })

  test('leaves artifacts', async () => {
    const { artifacts, output } = await run(`
      writeFile('out/sum.json', JSON.stringify({ sum: 3 }))
      writeFile('big.txt', 'ü'.repeat(200000))
      writeFile('empty.csv', '')
      console.log(readFile('big.txt').length)
    `)

    expect(output).toBe('200000\n')
    expect(artifacts.map(({ path, mime, size, origin }) => ({ path, mime, size, origin }))).toEqual([
      { path: 'out/sum.json', mime: 'application/json', size: 9, origin: 'file' },
      { path: 'big.txt', mime: 'text/plain', size: 400000, origin: 'file' },
      { path: 'empty.csv', mime: 'text/csv', size: 0, origin: 'file' },
    ])
    expect(new TextDecoder().decode(await artifacts[0]?.read())).toBe('{"sum":3}')
  })
})

describe.concurrent('blocks', { timeout: 30_000 }, () => {
  test('run in order, share the files that they write and nothing else, and end with the first that fails', async () => {
    const result = await new QuickJsExecutor().execute([
      { language: 'js', code: 'globalThis.x = 1; var y = 2; writeFile("n.txt", "7"); console.log("a")' },
      { language: 'JavaScript', code: 'console.log(typeof x, typeof y, readFile("n.txt"))' },
      { language: 'javascript', code: 'console.log("c"); nothing()', filename: './src/third.js' },
      { language: 'javascript', code: 'console.log("d")' },
    ])

    expect(result.output).toBe(
      'a\nundefined undefined 7\nc\nReferenceError: nothing is not defined\n    at src/third.js:1:18\n',
    )
    expect(result.exitCode).toBe(1)
    expect(result.artifacts.map(({ path }) => path)).toEqual(['n.txt'])
  })

  test.each([
    {
      block: { language: 'python', code: 'print(1)' },
      reason: 'unsupported-language',
      output: 'unknown language python',
    },
    {
      block: { language: 'js', code: '1', filename: '../../etc/passwd' },
      reason: 'bad-filename',
      output: 'Filename is not in the workspace',
    },
  ])('of $block.language $block.filename are refused with the reason $reason', async ({ block, reason, output }) => {
    const executor = new QuickJsExecutor()

    expect(await executor.execute([block])).toMatchObject({ exitCode: 1, reason, output })
    expect(await executor.execute([{ language: 'js', code: 'console.log(1)' }, block])).toMatchObject({
      exitCode: 1,
      output: `1\n${output}`,
    })
  })

  test('may be none', async () => {
    expect(await new QuickJsExecutor().execute([])).toMatchObject({ exitCode: 0, output: '' })
  })
})

describe.concurrent('an executor', { timeout: 30_000 }, () => {
  test('keeps what programs wrote until it is restarted, and gives its own files anew to each run', async () => {
    const executor = new QuickJsExecutor({ files: { 'data.txt': 'given' } })
    const runJs = (code: string) => executor.execute([{ language: 'js', code }])
    await executor.execute(
      [{ language: 'js', code: 'writeFile("kept.txt", readFile("once.txt")); writeFile("data.txt", "spoilt")' }],
      {
        files: { 'once.txt': 'once' },
      },
    )

    expect(
      (await runJs('console.log(readFile("kept.txt"), readFile("data.txt")); readFile("once.txt")')).output,
    ).toMatch(/^once given\nError: There is no file "once.txt". There are: kept.txt, data.txt.\n/)
    await executor.restart()
    expect((await runJs('console.log(readFile("data.txt")); readFile("kept.txt")')).output).toMatch(
      /^given\nError: There is no file "kept.txt". There are: data.txt.\n/,
    )
  })

  test('streams what is printed while it is printed', async () => {
    const execution = new QuickJsExecutor().execute([
      {
        language: 'js',
        code: 'console.log("first"); const end = Date.now() + 400; while (Date.now() < end); console.error("last")',
      },
    ])
    const events: ExecutionEvent[] = []
    const times: number[] = []
    for await (const event of execution) {
      events.push(event)
      times.push(performance.now())
    }

    const result = await execution
    expect(events).toEqual([
      { type: 'start', block: 0, language: 'js' },
      { type: 'stdout', block: 0, text: 'first\n' },
      { type: 'stderr', block: 0, text: 'last\n' },
      { type: 'end', result },
    ])
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThan(250)
  })

  test('says what stands between the code and the machine', () => {
    const { kind, languages, isolation } = new QuickJsExecutor()

    expect({ kind, languages, isolation }).toEqual({
      kind: 'quickjs',
      languages: ['javascript', 'js'],
      isolation: { files: true, network: 'none', secrets: true, processes: true, limits: 'hard', boundary: 'engine' },
    })
  })

  test.each([
    [{ limit: {} }, 'QuickJsExecutor has no option "limit". It knows files, limits.'],
    [
      { limits: { timeout: 1 } },
      'There is no limit "timeout". There are timeoutMs, memoryBytes, processes, diskBytes, fileBytes, outputBytes.',
    ],
    [{ limits: { timeoutMs: 0 } }, 'The limit timeoutMs is 0. Give a whole number from 1 to 2147483647.'],
    [
      { limits: { memoryBytes: 1e6 } },
      'The limit memoryBytes is 1000000. Give a whole number from 16777216 to 2147483648.',
    ],
    [
      { files: { '../x': '' } },
      '"../x" is no file name. Give a relative path of letters, digits, spaces and ._()+,@=- such as "out/data.csv".',
    ],
    [
      { files: { 'x.bin': new Uint8Array([255]) } },
      'The content of file "x.bin" is no text in UTF-8, and programs read nothing else.',
    ],
    [{ files: { x: 1 } }, 'The content of file "x" is 1. Give a text, or the bytes of one.'],
  ])('refuses %j', (options, message) => {
    const make = (): unknown => new QuickJsExecutor(options as QuickJsExecutorOptions)

    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })

  test('refuses to run what cannot be run', async () => {
    const executor = new QuickJsExecutor()
    const block = { language: 'js', code: '1' }

    expect(() => executor.execute('1' as never)).toThrow(
      `The blocks to run are "1". Give a list, as in [{ language: 'javascript', code }].`,
    )
    expect(() => executor.execute([{ code: '1' } as never])).toThrow(
      'A block to run is {"code":"1"}. Give language and code',
    )
    expect(() => executor.execute([block], { env: { A: '1' } })).toThrow(
      'was given env, and its programs have none. Give the data as a file',
    )
    expect(() => executor.execute([block], { stdin: '1' })).toThrow('was given stdin')
    await executor[Symbol.asyncDispose]()
    expect(() => executor.execute([block])).toThrow(CodeExecutorError)
  })
})
