import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { CodeExecutorError, ConfigurationError } from 'conversable'
import { createCodeExecutor, DockerExecutor, type DockerExecutorOptions } from './index.ts'

/** What a program of the fake engine prints and how it ends. */
interface Script {
  readonly pieces?: readonly Buffer[]
  readonly exitCode?: number
  /** Whether the connection stays open, as where a child holds the output. */
  readonly staysOpen?: boolean
  /** How many processes are there afterwards. */
  readonly processes?: number
}

/** How the fake engine differs from one that works. */
interface FakeOptions {
  readonly info?: object
  readonly images?: readonly string[]
  readonly startFails?: string
  readonly script?: Script
  /** Whether the engine is gone when a program is started. */
  readonly dies?: boolean
  /** Whether programs are not started, as in a container that has been ended. */
  readonly refuses?: boolean
  /** Called with each request before it is answered. */
  readonly onRequest?: (what: string) => void
}

/** Of what the engine is told of a container. */
interface Created {
  readonly Env: readonly string[]
  readonly HostConfig: { readonly Mounts: readonly { readonly Source: string }[] }
}

/** An engine that runs nothing, and answers as Docker does. */
class FakeEngine {
  readonly folder = mkdtempSync(join(tmpdir(), 'fake-engine-'))
  readonly socket = join(this.folder, 'docker.sock')
  /** All requests, without the identifiers in them. */
  readonly requests: string[] = []
  readonly created: { readonly name: string; readonly body: Created }[] = []
  /** The programs that were asked for, with their arguments. */
  readonly commands: (readonly string[])[] = []
  readonly #options: FakeOptions
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  readonly #images: string[]
  #looked = false

  constructor(options: FakeOptions = {}) {
    this.#options = options
    this.#images = [...(options.images ?? ['python:3-slim'])]
    this.#server = createServer((request, response) => void this.#answer(request, response))
    this.#server.on('upgrade', (request, socket: Socket) => void this.#upgrade(request, socket))
    this.#server.on('connection', (socket) => this.#sockets.add(socket))
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(this.socket, resolve))
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split('?')
    const what = `${request.method} ${path}`
    this.requests.push(what)
    this.#options.onRequest?.(what)
    const body = await bodyOf(request)
    const { info, script = {}, startFails } = this.#options
    const send = (status: number, json?: unknown): void =>
      void response.writeHead(status).end(json && JSON.stringify(json))
    const linux = { OSType: 'linux', MemoryLimit: true, PidsLimit: true, SecurityOptions: [] }
    const has = this.#images.some(
      (image) => what === `GET /images/${encodeURIComponent(image)}/json` || what === `GET /images/${image}/json`,
    )
    const { processes = 2, exitCode = 0 } = this.#looked ? script : {}
    if (what === 'GET /info') return send(200, { ...linux, ...info })
    if (what === 'POST /images/create') {
      this.#images.push('python:3-slim')
      return send(200, { status: 'pulled' })
    }
    if (what.startsWith('GET /images/'))
      return has ? send(200, { Config: { Env: ['PATH=/bin'] } }) : send(404, { message: 'no' })
    if (what === 'POST /containers/create') {
      this.created.push({
        name: new URLSearchParams(query).get('name') ?? '',
        body: JSON.parse(body) as Created,
      })
      return send(201, { Id: 'c1' })
    }
    if (what === 'GET /events') return response.writeHead(200).flushHeaders()
    if (what === 'POST /containers/c1/start')
      return startFails === undefined ? send(204) : send(500, { message: startFails })
    if (what === 'POST /containers/c1/exec') return this.#exec(body, send)
    if (what === 'GET /exec/e1/json') return send(200, { Running: false, ExitCode: exitCode })
    if (what === 'GET /containers/c1/top')
      return send(200, { Processes: Array.from({ length: processes }, () => ['1']) })
    return what === 'POST /containers/c1/wait' ? send(200, { StatusCode: 0 }) : send(204)
  }

  /** Does what the first program of a container does: writes a word into the work folder. */
  #exec(body: string, send: (status: number, json: unknown) => void): void {
    const { Cmd } = JSON.parse(body) as { readonly Cmd: readonly string[] }
    this.commands.push(Cmd)
    this.#looked = !Cmd.some((part) => part.startsWith('/workspace/.conversable'))
    const folder = this.created.at(-1)?.body.HostConfig.Mounts[0]?.Source ?? ''
    const [word = '', path = ''] = Cmd.slice(-2)
    if (!this.#looked) writeFileSync(join(folder, basename(path)), word)
    send(201, { Id: 'e1' })
  }

  async #upgrade(request: IncomingMessage, socket: Socket): Promise<void> {
    this.requests.push(`${request.method} ${(request.url ?? '').split('?')[0]}`)
    socket.on('error', () => {})
    if (this.#looked && this.#options.dies) return this.close()
    if (this.#looked && this.#options.refuses)
      return void socket.end('HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n{}')
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n')
    if (!request.url?.startsWith('/exec/')) return
    const answers = [frame(1, 'CapEff: 0000000000000000\nNoNewPrivs: 1\nsh /bin/sh\npython3 /bin/python3\n')]
    const { pieces = [], staysOpen = false } = this.#looked ? (this.#options.script ?? {}) : { pieces: answers }
    for (const piece of pieces) {
      socket.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    if (!staysOpen) socket.end()
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const piece of request) body += String(piece)
  return body
}

function frame(stream: 1 | 2, content: string): Buffer {
  const bytes = Buffer.from(content)
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([header, bytes])
}

const BLOCKS = [{ language: 'sh', code: 'echo 1' }]
let engine: FakeEngine | undefined
afterEach(() => engine?.close())

async function executorOn(fake: FakeOptions, options: DockerExecutorOptions = {}): Promise<DockerExecutor> {
  engine = new FakeEngine(fake)
  await engine.listen()
  return new DockerExecutor({ socket: engine.socket, ...options })
}

describe.skipIf(process.platform === 'win32')('an engine', () => {
  test('gives output in pieces, an exit code, and is rid of the container in the end', async () => {
    const sent = Buffer.concat([frame(1, 'naïve 😀\n'), frame(2, 'no\n')])
    const pieces = [sent.subarray(0, 3), sent.subarray(3, 12), sent.subarray(12, 17), sent.subarray(17)]
    await using executor = await executorOn({ script: { pieces, exitCode: 3 } })

    expect(await executor.execute(BLOCKS)).toMatchObject({ exitCode: 3, output: 'naïve 😀\nno\n' })
    await executor[Symbol.asyncDispose]()
    expect(engine?.requests.slice(-2)).toEqual(['DELETE /containers/c1', 'POST /containers/c1/wait'])
  })

  test('is told of image, network, user, name and the bounds of a run', async () => {
    await using executor = await executorOn(
      {},
      { user: '4321', network: 'lab', namePrefix: 'mine-', cpus: 2, limits: { processes: 10 } },
    )
    await executor.execute(BLOCKS, { limits: { memoryBytes: 64 * 1024 * 1024 } })

    const [first, second] = engine?.created ?? []
    expect(first?.name).toMatch(/^mine-/)
    expect(first?.body).toMatchObject({
      Image: 'python:3-slim',
      User: '4321:4321',
      HostConfig: { NetworkMode: 'lab', PidsLimit: 12, NanoCpus: 2e9, Memory: 512 * 1024 * 1024, ReadonlyRootfs: true },
    })
    expect(second?.body).toMatchObject({ HostConfig: { PidsLimit: 12, Memory: 64 * 1024 * 1024 } })
    expect(executor.isolation.network).toBe('open')
  })

  test('is given the packages in a container of their own, with a network, that programs do not have', async () => {
    await using executor = await executorOn({}, { packages: ['numpy==2.4.0'] })
    await executor.execute(BLOCKS)

    const [pip, programs] = engine?.created.map(({ body }) => body) ?? []
    expect(pip).toMatchObject({
      HostConfig: { NetworkMode: 'default', Mounts: [{ Target: '/packages', ReadOnly: false }] },
    })
    expect(programs).toMatchObject({
      HostConfig: { NetworkMode: 'none', Mounts: [{ Target: '/workspace' }, { Target: '/packages', ReadOnly: true }] },
    })
    expect(programs?.Env).toEqual(expect.arrayContaining(['PATH=/packages/bin:/bin', 'PYTHONPATH=/packages']))
  })

  test('is given the packages of functions too, and programs import these from the work folder', async () => {
    const one = { source: 'def one(): return 1', packages: ['numpy', 'scipy>=1'] }
    await using executor = await executorOn({}, { packages: ['numpy'], functions: [one] })
    await executor.execute(BLOCKS)

    const [pip, programs] = engine?.created.map(({ body }) => body) ?? []
    expect(pip).toMatchObject({ HostConfig: { Mounts: [{ Target: '/packages', ReadOnly: false }] } })
    expect(programs?.Env).toContain('PYTHONPATH=/workspace:/packages')
    expect(engine?.commands.find((words) => words.includes('--target'))?.slice(-3)).toEqual(['--', 'numpy', 'scipy>=1'])
  })

  test('that still holds the output of a program that has ended gives the result, and the container is ended', async () => {
    const script = { pieces: [frame(1, 'left\n')], staysOpen: true, processes: 3 }
    await using executor = await executorOn({ script })

    expect(await executor.execute(BLOCKS)).toMatchObject({ exitCode: 0, output: 'left\n' })
    expect(engine?.requests).toContain('POST /containers/c1/kill')
    await executor.execute(BLOCKS)
    expect(engine?.created).toHaveLength(2)
  })

  test('has one container at a time, also when a run is aborted while its container is exchanged', async () => {
    const controller = new AbortController()
    const onRequest = (what: string): void => void (what === 'DELETE /containers/c1' && controller.abort())
    await using executor = await executorOn({ script: { processes: 3 }, onRequest })
    await executor.execute(BLOCKS)

    expect((await executor.execute(BLOCKS, { signal: controller.signal })).reason).toBe('aborted')
    expect((await executor.execute(BLOCKS)).exitCode).toBe(0)
    await executor[Symbol.asyncDispose]()
    expect(engine?.requests.filter((what) => what === 'DELETE /containers/c1')).toHaveLength(
      engine?.created.length ?? 0,
    )
    expect(engine?.created).toHaveLength(2)
  })

  test('that is to start a program when the run is aborted starts none, and that is the result', async () => {
    const controller = new AbortController()
    let programs = 0
    const onRequest = (what: string): void => {
      if (what === 'POST /containers/c1/exec') programs += 1
      if (programs === 2) controller.abort()
    }
    await using executor = await executorOn({ refuses: true, onRequest })

    expect(await executor.execute(BLOCKS, { signal: controller.signal })).toMatchObject({
      exitCode: 137,
      reason: 'aborted',
    })
  })

  test('that cannot start a container says why, and the container is removed', async () => {
    await using executor = await executorOn({ startFails: 'network lab not found' })

    await expect(executor.execute(BLOCKS)).rejects.toThrow(
      'A container of the image "python:3-slim" could not be started: network lab not found',
    )
    expect(engine?.requests).toContain('DELETE /containers/c1')
  })

  test('that goes away under a program is an error, and not a result', async () => {
    await using executor = await executorOn({ dies: true })

    await expect(executor.execute(BLOCKS)).rejects.toThrow(CodeExecutorError)
  })

  test.each<{ fake: FakeOptions; options: DockerExecutorOptions; says: string }>([
    {
      fake: { images: [] },
      options: {},
      says: 'has no image "python:3-slim". Run: docker pull python:3-slim (or set pull: true).',
    },
    { fake: { images: [] }, options: { engine: 'podman' }, says: 'Run: podman pull python:3-slim' },
    { fake: { info: { OSType: 'windows' } }, options: {}, says: 'runs windows containers. Switch it to Linux ones.' },
    {
      fake: { info: { PidsLimit: false } },
      options: {},
      says: 'cannot bound memory and processes. It needs cgroups of version 2',
    },
  ])('that will not do says so: $says', async ({ fake, options, says }) => {
    await using executor = await executorOn(fake, options)

    await expect(executor.execute(BLOCKS)).rejects.toThrow(says)
    expect(engine?.created).toEqual([])
  })

  test('fetches an image that it does not have if it is asked to', async () => {
    await using executor = await executorOn({ images: [] }, { pull: true })

    expect(await executor.execute(BLOCKS)).toMatchObject({ exitCode: 0 })
    expect(engine?.requests).toContain('POST /images/create')
  })

  test('that is not there is an error that says what to do, and nothing runs', async () => {
    const socket = join(tmpdir(), 'no-engine-here.sock')
    const made = createCodeExecutor('docker', { socket, log: () => {} })

    await expect(made).rejects.toThrow(
      `The code executor "docker" does not work here: No Docker engine answers at ${socket} (connect ENOENT ${socket}). ` +
        `Start Docker, or give the socket of an engine that runs, as in { socket: '/path/to/engine.sock' }. Nothing was run.`,
    )
  })

  test('has a network or none, and not one to some hosts', async () => {
    await expect(createCodeExecutor('docker', { network: ['example.com'] })).rejects.toThrow(
      'Its network is open or not there',
    )
  })
})

test('without dockerode there is an error that says what to install', { timeout: 30_000 }, async () => {
  const index = JSON.stringify(join(import.meta.dirname, 'index.ts'))
  const hidden = `import { registerHooks } from 'node:module'
    registerHooks({ resolve: (name, context, next) => {
      if (name === 'dockerode') throw Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' })
      return next(name, context)
    } })
    const { DockerExecutor } = await import(${index})
    console.log(await DockerExecutor.probe())`
  const args = ['--conditions=conversable-source', '--input-type=module', '--eval', hidden]
  const { stdout } = await promisify(execFile)(process.execPath, args)

  expect(stdout).toBe('The package dockerode is not installed. Run: npm install dockerode\n')
})

test.each([
  { options: { engine: 'lxc' }, says: `has "lxc" as engine. It is 'docker' or 'podman'.` },
  { options: { image: '-x' }, says: `Give the name of an image, as in 'python:3-slim'` },
  { options: { user: 'me' }, says: 'Give the numbers of a user and a group' },
  { options: { cpus: 0 }, says: 'has 0 as cpus' },
  { options: { packages: ['numpy', '--index-url=x'] }, says: 'has "--index-url=x" among its packages' },
  { options: { packages: ['a; rm -rf /'] }, says: 'among its packages' },
  { options: { functions: [{ source: 'def f(): pass', packages: ['./f'] }] }, says: 'has "./f" among its packages' },
  {
    options: { functions: [{ source: 'def f(): pass', packages: ['f'] }], workDir: '/a/b', bindDir: '/x' },
    says: 'Give an image that has them',
  },
  { options: { workDir: '/' }, says: 'Give a folder with nothing else in it' },
  { options: { bindDir: '/x' }, says: 'and no workDir' },
  { options: { executionPolicies: { html: true } }, says: 'Give true or false for python, sh, bash' },
  { options: { privileged: true }, says: 'has no option "privileged"' },
])('an executor of $options is refused', ({ options, says }) => {
  const make = (): unknown => new DockerExecutor(options as object)
  expect(make).toThrow(ConfigurationError)
  expect(make).toThrow(says)
})
