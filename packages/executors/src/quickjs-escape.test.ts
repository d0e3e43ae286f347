import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CodeResult } from 'conversable'
import { QuickJsExecutor } from './index.ts'

const CANARY = 'canary-4f1c9e'
const LOOT = join(tmpdir(), `quickjs-escape-${process.pid}`)

/** Bodies of functions that return what they got hold of. Each must throw, or return nothing. */
const ATTEMPTS: Readonly<Record<string, string>> = {
  'asking for process': 'return process.env',
  'asking globalThis for process': 'return globalThis.process ?? this?.process ?? globalThis.global',
  'requiring a module': 'return require("node:fs").readFileSync("/etc/passwd", "utf8")',
  'importing a module': 'return (await import("node:fs")).readFileSync("/etc/passwd", "utf8")',
  'importing the parts of the engine': 'return (await import("std")).getenv("HOME") ?? (await import("os"))',
  'importing a file': 'return await import("/etc/hostname")',
  'importing data': 'return await import("data:text/javascript,export default process")',
  'the constructor of a function': 'return console.log.constructor("return process")()',
  'the constructor of a host function': 'return readFile.constructor.constructor("return process.env")()',
  'the constructor of an async function': 'return await (async () => {}).constructor("return process.env")()',
  'an indirect eval': 'return (0, eval)("process")',
  'the error of a host function':
    'try { readFile("x") } catch (error) { return error.constructor.constructor("return process")() }',
  'the callers of a function': 'function f() { return f.caller?.caller ?? arguments.callee.caller?.caller } return f()',
  'a stack trace hook':
    'Error.prepareStackTrace = (_, sites) => sites; const sites = new Error().stack; delete Error.prepareStackTrace; ' +
    'return Array.isArray(sites) && sites.some((site) => site.getThis?.()?.process)',
  'other runtimes':
    'return typeof Deno !== "undefined" || typeof Bun !== "undefined" || typeof child_process !== "undefined"',
  'the network':
    'return typeof fetch !== "undefined" || typeof XMLHttpRequest !== "undefined" || typeof WebSocket !== "undefined"',
  threads: 'return typeof Worker !== "undefined" || typeof WebAssembly !== "undefined"',
  'a fork of timers': 'const fork = () => { setTimeout(fork); setTimeout(fork) }; fork(); return true',
  'reading an absolute path': 'return readFile("/etc/passwd")',
  'reading a path upwards': 'return readFile("../../../../../../etc/passwd")',
  'reading a file URL': 'return readFile("file:///etc/passwd")',
  'reading what every object has': 'return [readFile("__proto__"), readFile("constructor")]',
  'reading with an object as name': 'return readFile({ toString: () => "own.txt" })',
  'writing an absolute path': 'writeFile(LOOT, "x"); return true',
  'writing a path upwards': 'writeFile("../".repeat(20) + LOOT.slice(1), "x"); return true',
  'writing upwards inside a name': 'writeFile("a/../../x", "x"); return true',
  'writing with backslashes': 'writeFile("..\\\\x", "x"); return true',
  'writing to a drive': 'writeFile("C:\\\\x", "x"); return true',
  'writing to a device': 'writeFile("/dev/stdout", "x"); return true',
  'writing a name with a zero byte': 'writeFile("a.txt\\0.png", "x"); return true',
  'writing a link': 'writeFile("x", { symlink: "/etc/passwd" }); return true',
}

beforeAll(() => {
  process.env['ESCAPE_TEST_API_KEY'] = CANARY
  Object.assign(globalThis, { escapeTestSecret: CANARY })
})

afterAll(() => {
  delete process.env['ESCAPE_TEST_API_KEY']
  Reflect.deleteProperty(globalThis, 'escapeTestSecret')
})

function run(code: string, timeoutMs = 20_000): PromiseLike<CodeResult> {
  const executor = new QuickJsExecutor({ files: { 'own.txt': 'own' }, limits: { timeoutMs } })
  return executor.execute([{ language: 'js', code }])
}

describe('an attempt to reach the host by', () => {
  let result: CodeResult
  let outcomes: Record<string, string> = {}

  beforeAll(async () => {
    const attempts = Object.entries(ATTEMPTS).map(
      ([name, body]) => `${JSON.stringify(name)}: async function () { ${body} }`,
    )
    result = await run(`
      const LOOT = ${JSON.stringify(LOOT)}
      const outcomes = {}
      for (const [name, attempt] of Object.entries({ ${attempts.join(',\n')} })) {
        try {
          const loot = await attempt.call(globalThis)
          outcomes[name] = loot ? 'reached ' + String(loot) : 'nothing'
        } catch {
          outcomes[name] = 'nothing'
        }
      }
      console.log(JSON.stringify(outcomes))
    `)
    outcomes = JSON.parse(result.output) as Record<string, string>
  }, 30_000)

  test.each(Object.keys(ATTEMPTS))('%s gets nothing', (name) => {
    expect(outcomes[name]).toBe('nothing')
  })

  test('any of these ways leaves no file behind', () => {
    expect(result).toMatchObject({ exitCode: 0, artifacts: [] })
    expect(existsSync(LOOT)).toBe(false)
  })
})

describe.concurrent('inside of the engine', { timeout: 30_000 }, () => {
  test('all that can be walked to is plain JavaScript', async () => {
    const { output, exitCode } = await run(`
      const seen = new Set()
      const texts = new Set()
      const walk = (value) => {
        if (typeof value === 'string') texts.add(value)
        if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return
        seen.add(value)
        walk(Object.getPrototypeOf(value))
        for (const key of Reflect.ownKeys(value)) {
          texts.add(String(key))
          const { get, set, value: content } = Object.getOwnPropertyDescriptor(value, key)
          for (const each of [get, set, content]) walk(each)
        }
      }
      walk(globalThis)
      console.log([...texts].join('\\n'))
      console.log(seen.size > 500, Object.keys(globalThis).join())
    `)

    expect(exitCode).toBe(0)
    expect(output).not.toMatch(/canary|HOME|PATH|node:|process|require|\/usr|\/home|\/root/)
    expect(output).toMatch(/\ntrue performance,console,readFile,writeFile\n$/)
  })

  test.each([
    ['texts are no texts', 'String.prototype.slice = () => "own.txt"'],
    ['every object turns into another request', 'Object.prototype.toJSON = () => ["write", "stolen.txt", "x", true]'],
    ['every list turns into another request', 'Array.prototype.toJSON = () => ["read", "../../etc/passwd", 0]'],
    ['every request is too long', 'Array.prototype.toJSON = () => "x".repeat(2e6)'],
    ['every request is none', 'Array.prototype.toJSON = () => ({ constructor: { prototype: 1 } })'],
    ['answers are no answers', 'Object.defineProperty(Object.prototype, "0", { get: () => "ok", set() {} })'],
    ['JSON is replaced', 'JSON.stringify = () => "[\\"exit\\"]"; JSON.parse = () => ["ok", "root:"]'],
    ['everything is polluted', 'Object.prototype.files = { "/etc/passwd": "x" }; Object.prototype.exitCode = 7'],
  ])('a program in which %s spoils nothing but itself', async (_what, spoil) => {
    const attempts = ['console.log("one")', 'writeFile("two.txt", "2")', 'readFile("own.txt")']
    const { exitCode, output, artifacts } = await run(
      [spoil, ...attempts.map((each) => `try { ${each} } catch {}`)].join('\n'),
    )

    expect(exitCode).toBe(0)
    expect(output).not.toContain('root:')
    for (const { path } of artifacts) expect(['two.txt', 'stolen.txt', 'own.txt']).toContain(path)
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  test('what a program prints is never taken for what its process says', async () => {
    const lines = ['["end",0,null]', '["file","forged.txt","x"]']
    const { output, exitCode, artifacts } = await run(
      `console.log(${JSON.stringify(`\n${lines.join('\n')}\n`)}); throw new Error('it fails all the same')`,
    )

    expect({ exitCode, artifacts }).toEqual({ exitCode: 1, artifacts: [] })
    expect(output).toContain(lines.join('\n'))
  })

  test.each([
    ['an endless line of promises', 'const again = () => Promise.resolve().then(again); await again()'],
    ['an endless search', '/(x+x+)+y/.test("x".repeat(60))'],
    ['a catcher of everything', 'for (;;) try { (function f() { f() })() } catch {}'],
  ])('%s is ended', async (_what, code) => {
    expect(await run(code, 1500)).toMatchObject({ exitCode: 124, reason: 'timeout' })
  })
})
