import { nodesOf, type EngineModule, type FileNode, type FileSystem } from './python-engine.ts'

/** Gives what puts an engine back into the state that it is in now: its memory, and its files. */
export function keepState(module: EngineModule): () => void {
  // Behind the last byte that is used, all are zero.
  const memory = module.HEAPU8.slice(0, module.HEAPU8.findLastIndex((byte) => byte !== 0) + 1)
  const restoreFiles = keepFiles(module.FS)
  return () => {
    // Not the array of before: memory that has grown has a new one.
    const now = module.HEAPU8
    now.set(memory)
    now.fill(0, memory.length)
    restoreFiles()
  }
}

/** Nodes, open files and the current folder; nothing of what a program made is kept, and nothing it changed or deleted lost. */
function keepFiles(FS: FileSystem): () => void {
  const nodes = [...nodesOf(FS)].map((node) => ({ node, was: { ...node }, contents: copyOf(FS, node) }))
  const streams = FS.streams.map((stream) => ({ stream, was: { ...stream } }))
  const { currentPath } = FS
  return () => {
    FS.nameTable.fill(undefined)
    for (const { node, was, contents } of nodes) {
      for (const key of Object.keys(node)) if (!Object.hasOwn(was, key)) Reflect.deleteProperty(node, key)
      Object.assign(node, was)
      if (contents instanceof Uint8Array) refill(node, contents)
      else if (contents !== undefined) node.contents = fresh(contents)
      FS.hashAddNode(node)
    }
    FS.streams.length = 0
    for (const { stream, was } of streams) FS.streams.push(stream ? Object.assign(stream, was) : stream)
    FS.currentPath = currentPath
  }
}

function copyOf(FS: FileSystem, { mode, contents }: FileNode): Uint8Array | object | undefined {
  if (typeof contents !== 'object' || contents === null) return undefined
  if (contents instanceof Uint8Array) return contents.slice()
  return FS.isDir(mode) || Array.isArray(contents) ? fresh(contents) : undefined
}

/** Puts bytes back into the array that they were in: that array may be the one of before, and changed. */
function refill({ contents }: FileNode, bytes: Uint8Array): void {
  if (contents instanceof Uint8Array) contents.set(bytes)
}

function fresh(contents: object): object {
  return Array.isArray(contents) ? [...(contents as unknown[])] : { ...contents }
}
