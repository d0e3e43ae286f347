import { nodesOf, type FileNode, type FileSystem } from './python-engine.ts'

/** What files may take. */
interface Room {
  readonly diskBytes: number
  readonly fileBytes: number
}

/** `No space left on device`, in the numbers of the engine. */
const ENOSPC = 51
const NONE: Room = { diskBytes: Infinity, fileBytes: Infinity }

/** Lets programs write no more than they may, together with the files that they are given. */
export function limitDisk(FS: FileSystem): { begin(room: Room, given: number): void; end(): void } {
  let room = NONE
  let before = 0
  let grown = 0
  const { node, stream } = FS.filesystems.MEMFS.ops_table.file
  const setattr = node.setattr.bind(node)
  const write = stream.write.bind(stream)
  node.setattr = (file, attributes) => {
    if (attributes.size !== undefined) grow(file, attributes.size)
    setattr(file, attributes)
  }
  stream.write = (open, ...rest) => {
    grow(open.node, rest[3] + rest[2])
    return write(open, ...rest)
  }
  return {
    begin: (next, given) => {
      room = next
      before = used(FS) - given
      grown = given
    },
    end: () => (room = NONE),
  }

  function grow({ usedBytes = 0 }: FileNode, size: number): void {
    if (size <= usedBytes || room === NONE) return
    if (size > room.fileBytes) throw new FS.ErrnoError(ENOSPC)
    grown += size - usedBytes
    if (grown <= room.diskBytes) return
    // Files that were deleted meanwhile have made room.
    grown = used(FS) - before + size - usedBytes
    if (grown > room.diskBytes) throw new FS.ErrnoError(ENOSPC)
  }
}

function used(FS: FileSystem): number {
  let bytes = 0
  for (const { mode, usedBytes = 0 } of nodesOf(FS)) if (FS.isFile(mode)) bytes += usedBytes
  return bytes
}
