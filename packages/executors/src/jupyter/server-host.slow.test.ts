import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CodeExecutorError, type CodeResult, type ExecuteOptions } from 'conversable'
import { findPrograms } from '../find-program.ts'
import { JupyterExecutor } from '../index.ts'

const TOKEN = 'secret'
const python = ['/usr/bin/python3', ...findPrograms('python3')].find(hasServer)
const title = python === undefined ? 'SKIPPED, there is no jupyter-server here' : 'a kernel of a jupyter-server'

function hasServer(program: string): boolean {
  return spawnSync(program, ['-m', 'jupyter_server', '--version']).status === 0
}

describe.skipIf(python === undefined)(title, { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'server-'))
  let server: ChildProcess
  let baseUrl: string
  let executor: JupyterExecutor
  beforeAll(async () => {
    const port = await freePort()
    baseUrl = `http://127.0.0.1:${port}`
    server = spawn(python ?? '', ['-m', 'jupyter_server', ...optionsOf(port)], {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin', HOME: folder },
      stdio: 'ignore',
      detached: true,
    })
    await answering(`${baseUrl}/api/kernels?token=${TOKEN}`)
    executor = new JupyterExecutor({ server: { baseUrl, token: TOKEN } })
  }, 60_000)
  afterAll(async () => {
    await executor[Symbol.asyncDispose]()
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL')
    rmSync(folder, { recursive: true })
  })

  const run = (code: string, options: ExecuteOptions = {}): PromiseLike<CodeResult> =>
    executor.execute([{ language: 'python', code }], options)

  const kernels = async (): Promise<unknown> =>
    (await fetch(`${baseUrl}/api/kernels`, { headers: { Authorization: `token ${TOKEN}` } })).json()

  test('keeps variables, until a restart forgets them', async () => {
    expect((await run('x = 41\nprint("naïve 😀")')).output).toBe('naïve 😀\n')
    expect((await run('x + 1')).output).toBe('42\n')
    await executor.restart()
    expect((await run('x')).output).toMatch(/^ERROR: NameError: name 'x' is not defined\n/)
  })

  test('has files, input and variables of the environment', async () => {
    const code = 'import os; print(input(), os.environ["REGION"], open("a/b.txt").read())'
    const options = { files: { 'a/b.txt': 'é' }, env: { REGION: 'north' }, stdin: 'typed\n' }

    expect((await run(code, options)).output).toBe('typed north é\n')
    const { reason } = await executor.execute([{ language: 'python', code: '1', filename: '../x.py' }])
    expect(reason).toBe('bad-filename')
  })

  test('what is displayed is saved on this side', async () => {
    const { output, artifacts } = await run('from IPython.display import HTML\nHTML("<b>é</b>")')
    const [artifact] = artifacts

    expect(output).toMatch(/HTML data saved to \/.*\.html\n$/)
    expect(new TextDecoder().decode(await artifact?.read())).toBe('<b>é</b>')
  })

  test('a time limit ends a program, deaf or not, and one that ends its kernel is told so', async () => {
    const slow = await run('import time\ntime.sleep(30)', { limits: { timeoutMs: 600 } })
    expect(slow).toMatchObject({ exitCode: 124, reason: 'timeout' })
    const deaf = 'import time\nwhile True:\n  try: time.sleep(30)\n  except BaseException: pass'
    expect(await run(deaf, { limits: { timeoutMs: 600 } })).toMatchObject({ exitCode: 124, reason: 'timeout' })
    expect(await run('import os; os._exit(5)')).toMatchObject({
      exitCode: 1,
      output: 'The kernel has ended, and the variables of all blocks are gone.\n',
    })
    expect((await run('print(6 * 7)')).output).toBe('42\n')
  })

  test('runs Python alone', async () => {
    const { exitCode, reason } = await executor.execute([{ language: 'sh', code: 'ls' }])

    expect({ exitCode, reason }).toEqual({ exitCode: 1, reason: 'unsupported-language' })
    expect(executor.isolation.boundary).toBe('none')
  })

  test('disposal leaves no kernel on the server', async () => {
    await executor[Symbol.asyncDispose]()

    expect(await kernels()).toEqual([])
  })

  test.each([
    { server: { token: 'wrong' }, says: /403\. Give the token that it was started with\./ },
    { server: { token: TOKEN, kernelName: 'ir' }, says: /Kernel ir is not installed\. There are python3\./ },
  ])('a server that gives no kernel says why: $says', async ({ server: options, says }) => {
    await using refused = new JupyterExecutor({ server: { baseUrl, ...options } })
    const execution = refused.execute([{ language: 'python', code: '1' }])

    await expect(execution).rejects.toThrow(CodeExecutorError)
    await expect(execution).rejects.toThrow(says)
  })
})

test('a server that is not there is an error', async () => {
  const port = await freePort()

  const problem = await JupyterExecutor.probe({ server: { baseUrl: `http://127.0.0.1:${port}` } })

  expect(problem).toMatch(/gives no kernel: it cannot be reached\..*ECONNREFUSED/)
})

function optionsOf(port: number): string[] {
  return ['--ip=127.0.0.1', `--port=${port}`, '--no-browser', '--allow-root', `--ServerApp.token=${TOKEN}`]
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

async function answering(url: string): Promise<void> {
  while (!(await fetch(url).catch(() => undefined))?.ok) await delay(100)
}
