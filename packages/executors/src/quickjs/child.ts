import { readFileSync, writeSync } from 'node:fs'
import nodeModule from 'node:module'
import type { QuickJSHandle } from 'quickjs-emscripten-core'
import { evaluate, isFull, startEngine, type Engine } from './engine.ts'
import { Folder } from './folder.ts'
import { framesIn, framesOf, lineOf, PIECE, type Frame, type ProgramText } from './frames.ts'

/** The longest request that a program's `console` and files make of this process. */
const LONGEST_REQUEST = 8 * PIECE

/** The process of one program: reads it and its files from stdin, runs it, says on stdout what happens, and ends. */
async function main(): Promise<void> {
  // The engine is compiled by other threads, which alone do not keep a process alive.
  setInterval(() => {}, 60_000)
  const files: (readonly [name: string, piece: string])[] = []
  for await (const frames of framesIn(process.stdin.setEncoding('utf8'), Infinity)) {
    for (const frame of frames) {
      if (frame[0] === 'file') files.push([frame[1], frame[2]])
      if (frame[0] === 'run') await run(frame[1], files)
    }
  }
}

async function run(program: ProgramText, files: readonly (readonly [name: string, piece: string])[]): Promise<never> {
  const parent = process.ppid
  const folder = new Folder(program)
  for (const [name, piece] of files) folder.give(name, piece)
  for (const name of program.written) folder.count(name)
  const engine = await startEngine(program.memoryBytes, () => {
    // Nobody is left to end this process: it ends itself.
    if (process.ppid !== parent || Date.now() > program.deadline) process.exit(1)
  })
  const end = runProgram(engine, program, folder)
  for (const [name, text] of folder.written()) for (const frame of framesOf(name, text)) send(frame)
  send(end)
  process.exit(0)
}

function runProgram(engine: Engine, { code, filename, memoryBytes }: ProgramText, folder: Folder): Frame {
  try {
    const report = installGuest(engine, folder)
    const thrown = evaluate(engine, code, filename)
    if (!thrown) return ['end', 0, null]
    engine.reserve.dispose()
    const message = report(thrown)
    if (message === 'out of memory' || (message === 'null' && isFull(engine, memoryBytes)))
      return memoryEnd(memoryBytes)
    if (message === 'null') send(['stderr', 'Uncaught null\n'])
    return ['end', 1, null]
  } catch (error) {
    return engineFailed(error, engine, memoryBytes)
  }
}

/** Puts `console` and the file functions in front of the program; gives what prints an uncaught error, see `install`. */
function installGuest({ context }: Engine, folder: Folder): (thrown: QuickJSHandle) => string {
  const guest = context.unwrapResult(context.evalCode(guestSource(), 'host:guest.js', { type: 'module' }))
  const host = context.newFunction('host', (request) => context.newString(JSON.stringify(answerTo(request))))
  const report = context.unwrapResult(context.callFunction(context.getProp(guest, 'install'), context.undefined, host))
  return (thrown) => {
    const result = context.callFunction(report, context.undefined, thrown)
    return result.error ? 'null' : context.getString(result.value)
  }

  function answerTo(request: QuickJSHandle): readonly ['ok' | 'error', string] {
    try {
      if (context.typeof(request) !== 'string' || lengthOf(request) > LONGEST_REQUEST)
        throw new Error('No such request.')
      return ['ok', handle(JSON.parse(context.getString(request)), folder)]
    } catch (error) {
      return ['error', error instanceof Error ? error.message : String(error)]
    }
  }

  function lengthOf(text: QuickJSHandle): number {
    return context.getProp(text, 'length').consume((length) => context.getNumber(length))
  }
}

/** The guest's file as JavaScript: sources run with their types stripped, and inside the engine nobody strips them. */
function guestSource(): string {
  const isSource = import.meta.url.endsWith('.ts')
  const text = readFileSync(new URL(isSource ? './guest.ts' : './guest.js', import.meta.url), 'utf8')
  return isSource ? nodeModule.stripTypeScriptTypes(text) : text
}

function handle(request: unknown, folder: Folder): string {
  const [action, first, second, third] = Array.isArray(request) ? (request as readonly unknown[]) : []
  if (action === 'print' && (first === 'stdout' || first === 'stderr') && typeof second === 'string') {
    send([first, second])
    return ''
  }
  if (action === 'read' && typeof first === 'string' && typeof second === 'number') {
    return folder.read(first, second, PIECE)
  }
  if (action === 'write' && typeof first === 'string' && typeof second === 'string') {
    folder.write(first, second, third === true)
    return ''
  }
  throw new Error('No such request.')
}

function memoryEnd(memoryBytes: number): Frame {
  send(['stderr', `The program needs more than the ${memoryBytes} bytes of memory that it may use.\n`])
  return ['end', 137, 'memory']
}

/** What broke the engine itself: too deep a recursion in a place where it does not count, or no memory at all. */
function engineFailed(error: unknown, engine: Engine, memoryBytes: number): Frame {
  if (error instanceof RangeError) {
    send(['stderr', 'RangeError: Maximum call stack size exceeded\n'])
    return ['end', 1, null]
  }
  if (isFull(engine, memoryBytes)) return memoryEnd(memoryBytes)
  send(['stderr', `The JavaScript engine failed: ${String(error)}\n`])
  return ['end', 1, 'sandbox-failed']
}

/** Waits until it is written: a program that prints faster than it is read is held up, instead of filling this process. */
function send(frame: Frame): void {
  const bytes = Buffer.from(lineOf(frame))
  try {
    for (let sent = 0; sent < bytes.length;) sent += writeSync(1, bytes, sent)
  } catch {
    // Nobody reads any more.
    process.exit(1)
  }
}

await main()
