import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { printer, send } from './child-io.ts'
import { deno } from './deno.ts'
import { outputFrames } from './frames.ts'

type Write = (bytes: Uint8Array) => unknown

/** What Deno's console is made of. */
interface Internals {
  readonly Console: new (print: (text: string, level: number) => void) => object
}

/** The process of one program in JavaScript or TypeScript: runs the file that it is given the URL of. */
async function main([program = '']: readonly string[]): Promise<void> {
  const print = { stdout: printer('stdout'), stderr: printer('stderr') }
  const say = (stream: 'stdout' | 'stderr', text: string): void => {
    for (const frame of outputFrames(stream, text)) send(frame)
  }
  printInFrames(print, say)
  addNames(program)
  const fail = (error: unknown): never => {
    say('stderr', `Uncaught ${inspect(error)}\n`)
    return deno.exit(1)
  }
  // Deno's global object is one of events, as in browsers.
  const events = globalThis as unknown as EventTarget
  for (const type of ['error', 'unhandledrejection']) {
    events.addEventListener(type, (event) => {
      event.preventDefault()
      const { error, reason } = event as { readonly error?: unknown; readonly reason?: unknown }
      fail(error ?? reason)
    })
  }
  try {
    // Not a name that stands in the source: what such a program imports would be loaded without asking for rights.
    await import(program)
  } catch (error) {
    fail(error)
  }
}

/** Lets all that prints say so in frames: two pipes would lose the order in which they were written to. */
function printInFrames(
  print: Readonly<Record<'stdout' | 'stderr', Write>>,
  say: (stream: 'stdout' | 'stderr', text: string) => void,
): void {
  // Deno keeps its internals under a symbol, of which its types say nothing.
  const { Console } = (deno as unknown as Record<symbol, Internals>)[deno.internal] ?? {}
  if (!Console) throw new Error('This Deno has no console that can be made anew.')
  globalThis.console = new Console((text, level) => say(level > 1 ? 'stderr' : 'stdout', text)) as Console
  for (const stream of ['stdout', 'stderr'] as const) {
    const write = (bytes: Uint8Array): number => {
      print[stream](bytes)
      return bytes.length
    }
    Object.assign(deno[stream], { writeSync: write, write: async (bytes: Uint8Array) => write(bytes) })
    process[stream].write = (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
      if (typeof chunk === 'string') say(stream, chunk)
      else write(chunk)
      const done = rest.find((each) => typeof each === 'function') as (() => void) | undefined
      if (done) queueMicrotask(done)
      return true
    }
  }
}

/** Names that programs written for Node expect. */
function addNames(program: string): void {
  const path = fileURLToPath(program)
  const names = { require: createRequire(program), __filename: path, __dirname: path.replace(/[\\/][^\\/]*$/, '') }
  Object.assign(globalThis, names)
}

await main(deno.args)
