import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

/** What lies around the executor, and must neither be seen nor touched: canaries, and servers that count their guests. */
export interface World {
  /** Stands in files, in the environment and in the answers of the servers; nowhere else. */
  readonly secret: string
  /** Processes of the program are found by it. */
  readonly token: string
  readonly slots: Readonly<Record<string, string>>
  /** How often a server was reached. */
  visits(): number
  /** What has changed in the folder outside. */
  changes(): string[]
  /** Processes that have the token in their command. */
  leftProcesses(): number[]
  close(): Promise<void>
}

const VICTIM = 'as it was'

/** Puts canaries and servers up. */
export async function openWorld(): Promise<World> {
  const secret = `canary-${randomBytes(12).toString('hex')}`
  const token = `tkn${randomBytes(6).toString('hex')}`
  const outside = mkdtempSync(join(tmpdir(), 'hostile-'))
  // Open to all, so that it is the wall that holds, and not who owns what.
  chmodSync(outside, 0o777)
  const homeFile = join(homedir(), `.${token}`)
  for (const path of [join(outside, 'secret.txt'), homeFile]) writeFileSync(path, secret, { mode: 0o644 })
  writeFileSync(join(outside, 'victim'), VICTIM, { mode: 0o666 })
  process.env['SUITE_API_KEY'] = secret
  const open = openSync(join(outside, 'secret.txt'), 'r')
  let visits = 0
  const visit = (): string => {
    visits += 1
    return `HTTP/1.0 200 OK\r\nContent-Length: ${secret.length}\r\n\r\n${secret}`
  }
  const servers = [
    await listen(visit, { port: 0, host: '127.0.0.1' }),
    await listen(visit, { path: join(outside, 'socket') }),
  ]
  if (process.platform === 'linux') servers.push(await listen(visit, { path: `\0${token}` }))
  const address = servers[0]?.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const datagrams = createSocket('udp4', visit).bind(port, '127.0.0.1')
  return {
    secret,
    token,
    slots: {
      FILE: join(outside, 'secret.txt'),
      OUT: outside,
      HOME: homedir(),
      PORT: String(port),
      SOCKET: join(outside, 'socket'),
      ABSTRACT: token,
      PID: String(process.pid),
      PARENT: process.cwd(),
      TOKEN: token,
    },
    visits: () => visits,
    changes: () => changesIn(outside),
    leftProcesses: () => processesWith(token),
    close: async () => {
      closeSync(open)
      delete process.env['SUITE_API_KEY']
      datagrams.close()
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
      for (const path of [outside, homeFile]) rmSync(path, { recursive: true, force: true })
    },
  }
}

function listen(visit: () => string, options: { port?: number; host?: string; path?: string }): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.resume().end(visit())
  })
  return new Promise((resolve) => server.listen(options, () => resolve(server)))
}

function changesIn(outside: string): string[] {
  const known = ['secret.txt', 'socket', 'victim']
  const names = readdirSync(outside)
  const victim = names.includes('victim') ? readFileSync(join(outside, 'victim'), 'utf8') : undefined
  return [...names.filter((name) => !known.includes(name)), ...(victim === VICTIM ? [] : ['victim'])]
}

function processesWith(token: string): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => commandOf(pid).includes(token))
    .map(Number)
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
