import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WasmExecutor } from './index.ts'

const CANARY = 'canary-7f3a91'
const problem = await WasmExecutor.probe()
if (problem !== undefined) console.warn(`SKIPPED, all tests of what WasmExecutor keeps out: ${problem}`)

/** In Python: any object of JavaScript leads to what makes functions from text, and so to all of JavaScript. */
const JS = 'import pyodide.webloop as w\nF = w.create_once_callable(print).constructor.constructor\n'
/** A program that tries something in JavaScript and prints what came of it. */
const tried = (expression: string): string =>
  `try { console.log(${expression}) } catch (error) { console.log(String(error)) }`
const inPython = (expression: string): string =>
  `${JS}print(F(${JSON.stringify(`try { return ${expression} } catch (error) { return String(error) }`)})())`

describe.skipIf(problem !== undefined)('what WasmExecutor keeps out', { timeout: 30_000 }, () => {
  let executor: WasmExecutor
  let outside = ''
  let secret = ''
  let secretUrl = ''
  let server: Server
  let port = 0
  let requests = 0

  beforeAll(async () => {
    process.env['CONVERSABLE_CANARY'] = CANARY
    outside = mkdtempSync(join(tmpdir(), 'canary-'))
    secret = join(outside, 'secret.json')
    secretUrl = pathToFileURL(secret).href
    writeFileSync(secret, JSON.stringify(CANARY))
    writeFileSync(join(outside, 'secret.js'), `export const secret = '${CANARY}'`)
    server = createServer((_request, response) => {
      requests += 1
      response.end(CANARY)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
    executor = new WasmExecutor({ limits: { timeoutMs: 10_000 } })
  })

  afterAll(async () => {
    await executor[Symbol.asyncDispose]()
    delete process.env['CONVERSABLE_CANARY']
    server.close()
    rmSync(outside, { recursive: true })
  })

  /** What a program prints, in which no canary may be. */
  async function outputOf(language: string, code: string): Promise<string> {
    const { output } = await executor.execute([{ language, code }])
    expect(output).not.toContain(CANARY)
    return output
  }

  test('JavaScript reads no file outside, by no way of importing it', async () => {
    const tries = [
      tried(`Deno.readTextFileSync('${secret}')`),
      tried(`require('node:fs').readFileSync('${secret}', 'utf8')`),
      tried(`require('${secret}')`),
      tried(`await (await fetch('${secretUrl}')).text()`),
      tried(`JSON.stringify(await import('${secretUrl}', { with: { type: 'json' } }))`),
      tried(`JSON.stringify(await import('${pathToFileURL(outside).href}/secret.js'))`),
      tried(`Deno.symlinkSync('${secret}', 'link') ?? Deno.readTextFileSync('link')`),
      tried(`Deno.linkSync('${secret}', 'hard') ?? Deno.readTextFileSync('hard')`),
      tried(`Deno.readTextFileSync('/proc/self/environ')`),
      tried(`Deno.readTextFileSync('/proc/' + Deno.ppid + '/environ')`),
      tried(`[...Deno.readDirSync('/')].length`),
      tried(`Deno.writeTextFileSync('../x', '1') ?? 'written'`),
      tried(`Deno.openSync('/proc/self/fd/0').close()`),
    ]
    const output = await outputOf('js', tries.join('\n'))

    expect(
      output
        .trim()
        .split('\n')
        .filter((line) => /^(?:NotCapable|TypeError): /.test(line)),
    ).toHaveLength(tries.length)
  })

  test.each(['json', 'text'])(
    'a static import of a %s file outside is refused, with the whole program',
    async (type) => {
      const output = await outputOf(
        'js',
        `import secret from '${secretUrl}' with { type: '${type}' }\nconsole.log(secret)`,
      )

      expect(output).toContain('Requires read access')
    },
  )

  test('JavaScript starts nothing, sees no variables and reaches no network', async () => {
    const tries = [
      tried(`new Deno.Command('/bin/sh', { args: ['-c', 'id'] }).outputSync()`),
      tried(`require('node:child_process').execFileSync('/bin/sh', ['-c', 'id'])`),
      tried(`Deno.kill(Deno.ppid, 'SIGUSR1')`),
      tried(`process.kill(process.ppid, 'SIGUSR1')`),
      tried(`await (await fetch('http://127.0.0.1:${port}/')).text()`),
      tried(`await Deno.connect({ port: ${port} })`),
      tried(`Deno.listen({ port: 0 })`),
      tried(`await Deno.resolveDns('localhost', 'A')`),
      tried(`await import('https://example.invalid/x.js')`),
      tried(`await import('npm:left-pad')`),
      tried(`Deno.dlopen('libc.so.6', {})`),
      tried(`Deno.hostname()`),
      tried(`require('node:inspector').open(0)`),
      tried(`localStorage.setItem('a', '1')`),
      tried(`await caches.open('a')`),
      tried(`(await Deno.permissions.request({ name: 'net' })).state === 'denied' ? raise : 'granted'`),
      tried(`process.env.CONVERSABLE_CANARY ?? missing`),
    ]
    const output = await outputOf('js', tries.join('\n'))

    expect(output.match(/Error|NotCapable|NotADirectory/g)).toHaveLength(tries.length)
    expect(requests).toBe(0)
  })

  test.each([`{ type: 'module', deno: { permissions: { read: true, net: true } } }`, `{ type: 'module' }`])(
    'a worker of JavaScript has no more rights: %s',
    async (options) => {
      const worker = `import secret from '${secretUrl}' with { type: 'json' }; console.log(secret)`
      const output = await outputOf(
        'js',
        `new Worker('data:text/javascript,' + encodeURIComponent(${JSON.stringify(worker)}), ${options})`,
      )

      expect(output).toMatch(/Requires read access|Unstable API/)
    },
  )

  test('Python finds nothing of the host', async () => {
    const code = [
      'import os, socket, subprocess, urllib.request',
      `tries = [lambda: open(${JSON.stringify(secret)}).read(), lambda: open("/etc/passwd").read(), lambda: os.listdir("/root"),`,
      `  lambda: open("/proc/self/environ").read(), lambda: subprocess.run(["id"]), lambda: os.fork(), lambda: os.system("id") and None.x,`,
      `  lambda: os.kill(os.getppid(), 10) and None.x, lambda: __import__("js"), lambda: __import__("pyodide_js"), lambda: os.environ["CONVERSABLE_CANARY"],`,
      `  lambda: urllib.request.urlopen("http://127.0.0.1:${port}/").read(), lambda: socket.create_connection(("127.0.0.1", ${port}), 1).recv(9)]`,
      'for each in tries:',
      '  try: print(each())',
      '  except BaseException as error: print("refused", type(error).__name__)',
    ]
    const output = await outputOf('python', code.join('\n'))

    expect(output.match(/^refused/gm)?.length).toBeGreaterThanOrEqual(11)
    expect(requests).toBe(0)
  })

  test('Python that has found its way to JavaScript can do nothing there', async () => {
    const tries = [
      `Deno.readTextFileSync('/etc/passwd')`,
      `new Deno.Command('/bin/sh').outputSync()`,
      `Deno.writeTextFileSync('/tmp/escape', '')`,
      `Deno.listen({ port: 0 })`,
      `[...Deno.readDirSync('.')].length`,
      `Deno.kill(Deno.ppid)`,
      `Deno.env.toObject().HOME ?? missing`,
    ]
    const code = tries.map((expression) => inPython(expression)).join('\n')
    const output = await outputOf('python', code)

    expect(output.match(/^(?:NotCapable|ReferenceError): /gm)).toHaveLength(tries.length)
  })

  test('Python that lies to the host about its end leaves nothing for the next program', async () => {
    const forged = `globalThis.leak = 1; setInterval(() => {}, 9); Deno.stdout.writeSync(new TextEncoder().encode('\\u001e["end",0,null]\\n\\u001e["ready"]\\n')); for (;;);`
    const liar = await executor.execute([{ language: 'python', code: `${JS}F(${JSON.stringify(forged)})()` }])

    expect(liar.exitCode).toBe(0)
    expect(await outputOf('python', inPython('String(globalThis.leak)'))).toBe('undefined\n')
  })

  test('a shell script finds nothing of the host', async () => {
    const tries = [
      `cat ${secret}`,
      'cat /etc/passwd',
      'ls /root /home',
      'env',
      `curl -s http://127.0.0.1:${port}/`,
      'python3 -c 1',
      'node -e 1',
    ]
    const output = await outputOf('sh', `${tries.join('\n')}\necho $CONVERSABLE_CANARY; kill -USR1 $PPID; exit 0`)

    expect(output.match(/No such file|not found/g)?.length).toBeGreaterThanOrEqual(6)
    expect(requests).toBe(0)
  })

  test('links in a work folder are neither followed, nor copied, nor deleted through', async () => {
    const workDir = mkdtempSync(join(tmpdir(), 'work-'))
    try {
      symlinkSync(secret, join(workDir, 'file'))
      symlinkSync(outside, join(workDir, 'folder'))
      await using own = new WasmExecutor({ workDir })
      const { output } = await own.execute([
        {
          language: 'python',
          code: 'import os\nprint(os.listdir())\nos.makedirs("folder")\nopen("folder/x", "w").write("1")\nopen("file", "w").write("1")',
        },
        {
          language: 'js',
          code: tried(`Deno.readTextFileSync('file')`) + tried(`Deno.readTextFileSync('folder/secret.json')`),
        },
      ])

      expect(output).not.toContain(CANARY)
      expect(readdirSync(outside).toSorted()).toEqual(['secret.js', 'secret.json'])
    } finally {
      rmSync(workDir, { recursive: true })
    }
  })
})
