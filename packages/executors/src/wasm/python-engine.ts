import type { ImportedFunction } from './python-imports.ts'
import { PYTHON_PRELUDE } from './python-prelude.ts'

/** The parts of Pyodide's own module that are used here. */
export interface EngineModule {
  readonly HEAPU8: Uint8Array
  readonly FS: FileSystem
  stringToNewUTF8(text: string): number
  readonly _free: (pointer: number) => void
  readonly _PyRun_SimpleString: (pointer: number) => number
}

/** A file, folder, link or device of the engine's file system. */
export interface FileNode {
  /** The next node of its row in the table of names. */
  readonly name_next?: FileNode
  contents?: unknown
  usedBytes?: number
  mode: number
}

/** The file system of the engine, all of it in memory. */
export interface FileSystem {
  readonly nameTable: (FileNode | undefined)[]
  readonly streams: (object | null | undefined)[]
  currentPath: string
  readonly filesystems: { readonly MEMFS: { readonly ops_table: { readonly file: MemoryFileOps } } }
  readonly ErrnoError: new (errno: number) => Error
  isFile(mode: number): boolean
  isDir(mode: number): boolean
  hashAddNode(node: FileNode): void
  lookupPath(path: string): { readonly node: FileNode }
  mkdirTree(path: string): void
  readFile(path: string): Uint8Array
  writeFile(path: string, content: string | Uint8Array): void
  unlink(path: string): void
}

/** What files of the file system do; one object for all of them. */
export interface MemoryFileOps {
  readonly node: { setattr(node: FileNode, attributes: { readonly size?: number }): void }
  readonly stream: {
    write(stream: { readonly node: FileNode }, ...rest: readonly [unknown, number, number, number, boolean?]): number
  }
}

/** What Pyodide gives. */
export interface Pyodide {
  readonly _module: EngineModule
  makeMemorySnapshot(): Uint8Array
  setStdin(options: { readonly stdin: () => Uint8Array | null; readonly autoEOF: boolean }): void
  setStdout(options: { readonly write: (bytes: Uint8Array) => number }): void
  setStderr(options: { readonly write: (bytes: Uint8Array) => number }): void
}

/** How to start the engine. */
export interface EngineSetup {
  /** Where Pyodide is, as a path and as a URL; both end in a slash. */
  readonly folder: string
  readonly url: string
  /** The state that an engine had once it was ready; it is made, and given to `onSnapshot`, where there is none. */
  readonly snapshot: Uint8Array | undefined
  readonly onSnapshot: (snapshot: Uint8Array) => void
  /** Called with each function that the engine asks of its surroundings, to give what it gets. */
  readonly guard: (name: string, imported: ImportedFunction) => ImportedFunction
}

/** Starts Python. */
export async function startPython({ folder, url, snapshot, onSnapshot, guard }: EngineSetup): Promise<Pyodide> {
  guardImports(guard)
  // The name of the module is known only here: a name that stands in the source would be loaded without asking for rights.
  const { loadPyodide } = (await import(`${url}pyodide.mjs`)) as {
    readonly loadPyodide: (options: object) => Promise<Pyodide>
  }
  const python = await loadPyodide({
    indexURL: folder,
    env: { HOME: '/work', LANG: 'C.UTF-8', TMPDIR: '/tmp' },
    ...(snapshot === undefined ? { _makeSnapshot: true } : { _loadSnapshot: snapshot }),
  })
  const { _module: module } = python
  module.FS.mkdirTree('/work')
  if (snapshot === undefined) {
    if (runPython(module, PYTHON_PRELUDE) !== 0) throw new Error('The prelude of Python failed.')
    onSnapshot(python.makeMemorySnapshot())
  }
  return python
}

/** Runs a few lines of our own. Gives 0 if they went well. */
export function runPython(module: EngineModule, code: string): number {
  const { _PyRun_SimpleString: run, _free: free } = module
  const pointer = module.stringToNewUTF8(code)
  const failed = run(pointer)
  free(pointer)
  return failed
}

/** The WebAssembly of the global object, which Node's types leave to browsers. */
interface WebAssemblyGlobal {
  instantiate(source: unknown, imports?: { readonly env?: Record<string, unknown> }): Promise<unknown>
}

/** Puts itself between the engine and the functions that it is given, once, for the first large module. */
function guardImports(guard: EngineSetup['guard']): void {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyGlobal }
  const instantiate = WebAssembly.instantiate.bind(WebAssembly)
  WebAssembly.instantiate = (source, imports) => {
    if (imports?.env) {
      WebAssembly.instantiate = instantiate
      // In place: what the engine looks up later, by name, is guarded too.
      for (const [name, imported] of Object.entries(imports.env)) {
        if (typeof imported !== 'function') continue
        const guarded = guard(name, imported as ImportedFunction)
        // The engine has written on them what they take.
        imports.env[name] = guarded === imported ? imported : Object.assign(guarded, imported)
      }
    }
    return instantiate(source, imports)
  }
}

/** All files, folders, links and devices. */
export function* nodesOf({ nameTable }: FileSystem): Generator<FileNode> {
  for (const first of nameTable) for (let node = first; node; node = node.name_next) yield node
}
