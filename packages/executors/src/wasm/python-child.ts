import { isSame, joined } from './bytes.ts'
import { printer, requests, send } from './child-io.ts'
import { deno, revoke } from './deno.ts'
import { addPiece, framesOf, type ChildFrame, type Job } from './frames.ts'
import { limitDisk } from './python-disk.ts'
import { runPython, startPython, type EngineModule, type Pyodide } from './python-engine.ts'
import { ImportGuard } from './python-imports.ts'
import { keepState } from './python-state.ts'

/** The process of a Python: runs one program after the other, each from the state in which the engine was ready. */
async function main([folder = '', url = '', snapshot = '', make = '']: readonly string[]): Promise<void> {
  const guard = new ImportGuard()
  const python = await startPython({
    folder,
    url,
    snapshot: make === '' ? deno.readFileSync(snapshot) : undefined,
    onSnapshot: (bytes) => deno.writeFileSync(make, bytes, { createNew: true }),
    guard: (name, imported) => guard.replace(name, imported),
  })
  await revoke('read', 'write', 'env')
  const { _module: module } = python
  const stdin = connect(python)
  const disk = limitDisk(module.FS)
  const restore = keepState(module)
  send(['ready'])
  let pieces = new Map<string, Uint8Array[]>()
  for await (const request of requests()) {
    if (request[0] === 'file') {
      addPiece(pieces, request)
      continue
    }
    const [, job] = request
    const files = new Map([...pieces].map(([name, each]) => [name, joined(each)]))
    pieces = new Map()
    putFiles(module, files)
    stdin.set(job.stdin)
    disk.begin(
      job,
      [...files.values()].reduce((sum, { length }) => sum + length, 0),
    )
    guard.begin(job.memoryBytes)
    const status = runProgram(module, job, guard)
    guard.end()
    for (const frame of changes(module, files)) send(frame)
    send(endFrame(status, guard.wasFull))
    disk.end()
    restore()
    send(['ready'])
  }
}

/** Lets what Python prints reach the host. Gives what sets its standard input. */
function connect(python: Pyodide): { set(text: string): void } {
  let given: Uint8Array | null = null
  const take = (): Uint8Array | null => {
    const bytes = given
    given = null
    return bytes
  }
  python.setStdin({ stdin: take, autoEOF: true })
  python.setStdout({ write: counted(printer('stdout')) })
  python.setStderr({ write: counted(printer('stderr')) })
  return { set: (text) => (given = text === '' ? null : new TextEncoder().encode(text)) }
}

function endFrame(status: number | 'memory', wasFull: boolean): ChildFrame {
  if (status !== 'memory') return ['end', status, null]
  return wasFull ? ['end', 137, 'memory'] : ['end', 1, null]
}

function counted(print: (bytes: Uint8Array) => void): (bytes: Uint8Array) => number {
  return (bytes) => {
    print(bytes)
    return bytes.length
  }
}

function putFiles({ FS }: EngineModule, files: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, bytes] of files) {
    const path = `/work/${name}`
    FS.mkdirTree(path.slice(0, path.lastIndexOf('/')))
    FS.writeFile(path, bytes)
  }
}

/** Runs a program. Gives its exit code, or `memory` if it ended for want of it. */
function runProgram(module: EngineModule, { filename, env }: Job, guard: ImportGuard): number | 'memory' {
  const call = { filename, env: { HOME: '/work', LANG: 'C.UTF-8', TMPDIR: '/tmp', ...env } }
  module.FS.writeFile('/tmp/.call', JSON.stringify(call))
  try {
    const failed = runPython(module, RUN)
    if (failed !== 0) return 1
    const status: unknown = JSON.parse(new TextDecoder().decode(module.FS.readFile('/tmp/.status')))
    return status === 'memory' ? status : Number(status) & 0xff
  } catch (error) {
    // The engine itself came to an end.
    guard.touch('exit')
    return statusOf(error)
  }
}

const RUN = String.raw`
def _run():
    import json, os, sys
    with open('/tmp/.call') as file:
        call = json.load(file)
    os.unlink('/tmp/.call')
    status = sys.modules['_conversable'].run(call['filename'], call['env'])
    with open('/tmp/.status', 'w') as file:
        json.dump(status, file)
_run()
`

/** The exit code of `os._exit`, or of a fault that nobody can go on after. */
function statusOf(error: unknown): number {
  const { status } = error as { readonly status?: unknown }
  if (typeof status === 'number') return status & 0xff
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  send(['stderr', `Python ended: ${text}\n`])
  return 139
}

/** What a program wrote and deleted in its folder. */
function* changes({ FS }: EngineModule, given: ReadonlyMap<string, Uint8Array>) {
  const found = new Map<string, Uint8Array>()
  const look = (path: string): void => {
    const { node } = FS.lookupPath(`/work${path}`)
    for (const [name, child] of Object.entries((node.contents ?? {}) as Record<string, typeof node>)) {
      if (FS.isDir(child.mode)) look(`${path}/${name}`)
      else if (FS.isFile(child.mode)) found.set(`${path}/${name}`.slice(1), FS.readFile(`/work${path}/${name}`))
    }
  }
  look('')
  for (const name of given.keys()) if (!found.has(name)) yield ['removed', name] as const
  for (const [name, bytes] of found) {
    const before = given.get(name)
    if (!before || !isSame(before, bytes)) yield* framesOf(name, bytes)
  }
}

await main(deno.args)
