import dgram from 'node:dgram'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

/** What was tried, and how to let everything through again. */
export interface Tripwire {
  /** The hosts that were to be reached and were not allowed, in order. */
  readonly refused: readonly string[]
  /** The hosts that were reached. */
  readonly allowed: readonly string[]
  remove(): void
}

type Method = (this: unknown, ...args: never[]) => unknown

/**
 * Refuses every connection of this process to a host that is not allowed, over TCP (and so TLS, HTTP, fetch and
 * WebSocket), UDP and DNS, by throwing. Sockets in the file system, with which processes of one machine talk, are let through.
 */
export function setTripwire(isAllowed: (host: string) => boolean): Tripwire {
  const refused: string[] = []
  const allowed: string[] = []
  const pass = (host: string): void => {
    if (isAllowed(host)) return void allowed.push(host)
    refused.push(host)
    throw new Error(`The network is blocked: ${JSON.stringify(host)} was to be reached.`)
  }
  const removals = [
    watch(net.Socket.prototype, 'connect', { hostOf: (args) => hostOfConnect(args), pass }),
    watch(dgram.Socket.prototype, 'connect', { hostOf: (args) => textAmong(args) ?? 'localhost', pass }),
    watch(dgram.Socket.prototype, 'send', { hostOf: (args) => textAmong(args.slice(1)), pass }),
    ...[dns, dns.promises].flatMap((owner) =>
      ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveTxt'].map((name) =>
        watch(owner, name, { hostOf: (args) => textAmong(args), pass }),
      ),
    ),
  ]
  syncBuiltinESMExports()
  return {
    refused,
    allowed,
    remove() {
      for (const removal of removals.toReversed()) removal()
      syncBuiltinESMExports()
    },
  }
}

/** Says whether a host is this machine itself. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '0.0.0.0' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** Puts a check in front of a method; gives what takes it away. */
function watch(
  owner: object,
  name: string,
  {
    hostOf,
    pass,
  }: { readonly hostOf: (args: readonly unknown[]) => string | undefined; readonly pass: (host: string) => void },
): () => void {
  // Each is called below with a method that is there.
  const methods = owner as Record<string, Method>
  const original = methods[name]
  if (!original) throw new Error(`There is no ${name} to watch.`)
  methods[name] = function watched(...args) {
    const host = hostOf(args)
    if (host !== undefined) pass(host)
    return original.apply(this, args)
  }
  return () => (methods[name] = original)
}

/** Where a socket is to connect to: `connect(options)`, `connect(port, host)`, `connect(path)`, or a list of these. */
function hostOfConnect([first, second]: readonly unknown[]): string | undefined {
  if (Array.isArray(first)) return hostOfConnect(first)
  if (typeof first === 'object' && first !== null) {
    const { path, host } = first as { readonly path?: unknown; readonly host?: unknown }
    if (typeof path === 'string' && host === undefined) return undefined
    return typeof host === 'string' ? host : 'localhost'
  }
  const isPath = typeof first === 'string' && !/^\d+$/.test(first)
  if (isPath) return undefined
  return typeof second === 'string' ? second : 'localhost'
}

function textAmong(args: readonly unknown[]): string | undefined {
  return args.find((arg) => typeof arg === 'string')
}
