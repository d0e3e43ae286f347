import { lstatSync, readlinkSync } from 'node:fs'
import type { ExecutionLimits } from 'conversable'
import { SOCKETS } from '../command-sandbox.ts'

/** What a sandbox is made of, apart from its limits. */
export interface SandboxParts {
  /** The work folder on the host. */
  readonly folder: string
  /** Where programs see it. */
  readonly inside: string
  /** Whether programs work on a copy in memory, which is bounded, instead of in the folder itself. */
  readonly copy: boolean
  /** Further files and folders that are seen at their own paths and cannot be changed, such as interpreters. */
  readonly readable: readonly string[]
  /** A folder that is seen as {@link SOCKETS}. */
  readonly sockets: string | undefined
  /** Whether nested user namespaces can be shut off by an option. */
  readonly canDisableUserns: boolean
  /** Whether descriptor 4 has a filter of system calls. */
  readonly hasFilter: boolean
}

/** The folders of programs and libraries. */
export const SYSTEM_FOLDERS: readonly string[] = Object.freeze([
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/nix/store',
])
/** Of `/etc`, what programs need and everybody may know. */
export const ETC: readonly string[] = Object.freeze([
  'ld.so.cache',
  'alternatives',
  'fonts',
  'ssl/certs',
  'localtime',
  'matplotlibrc',
  'mime.types',
])
const SMALL = 32 * 1024 * 1024
/** Where a copied folder is read from. */
const FILES = '/run/files'

/** Room beyond what is kept, so that a program can still be started in a folder that is full. */
const DISK_SLACK = 4 * 1024 * 1024

/** The folders of a sandbox whose size is bounded, and whose number of files is looked at. */
export const BOUNDED_FOLDERS: readonly string[] = Object.freeze(['/tmp', '/dev/shm'])

/** The options of `bwrap` for one run; the command follows them. */
export function sandboxArguments(parts: SandboxParts, { diskBytes }: Pick<ExecutionLimits, 'diskBytes'>): string[] {
  const { folder, inside, copy, readable, sockets, canDisableUserns, hasFilter } = parts
  const work = copy
    ? ['--ro-bind', folder, FILES, '--size', String(diskBytes + DISK_SLACK), '--tmpfs', inside]
    : ['--bind', folder, inside]
  return [
    '--unshare-user --unshare-all --die-with-parent --new-session --cap-drop ALL',
    // The shell that stands in front is the first process: what programs send to it does not reach it.
    '--as-pid-1 --uid 65534 --gid 65534 --hostname sandbox',
    canDisableUserns ? '--disable-userns' : [],
    hasFilter ? '--seccomp 4' : [],
    SYSTEM_FOLDERS.flatMap(systemFolder),
    ETC.flatMap((name) => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
    `--proc /proc --dev /dev --size ${SMALL} --tmpfs /dev/shm --remount-ro /dev`,
    `--size ${SMALL} --perms 1777 --tmpfs /tmp --symlink /tmp /var/tmp`,
    // Behind the empty folders: what is shown may lie below one of them.
    readable.flatMap((path) => ['--ro-bind', path, path]),
    sockets === undefined ? [] : ['--bind', sockets, SOCKETS],
    work,
    ['--chdir', inside],
    '--remount-ro / --',
  ].flatMap((part) => (typeof part === 'string' ? part.split(' ') : part))
}

function systemFolder(path: string): string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (!stats) return []
  return stats.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path]
}

/** Whether the kernel counts the processes of each user namespace apart, so that a limit binds the sandbox alone. */
function countsProcesses(release: string): boolean {
  const [major = 0, minor = 0] = release.split('.').map(Number)
  return major > 5 || (major === 5 && minor >= 14)
}

/** The shell's commands that set the limits, each of which must take. */
function limitCommands(limits: ExecutionLimits, { release, addressRoomBytes }: Wrapping): string {
  const { processes, fileBytes, memoryBytes } = limits
  const commands = ['ulimit -c 0', 'ulimit -n 512', `ulimit -f ${Math.ceil(fileBytes / 512)}`]
  // The shells call it by different letters.
  if (countsProcesses(release)) commands.push(`{ ulimit -u ${processes} 2>/dev/null || ulimit -p ${processes}; }`)
  if (addressRoomBytes !== undefined) {
    commands.push(`ulimit -v ${Math.ceil((memoryBytes + addressRoomBytes) / 1024)}`)
  }
  return commands.join(' && ')
}

/** What {@link wrapped} has to know besides the limits. */
export interface Wrapping {
  readonly copy: boolean
  readonly inside: string
  /** Of the kernel. */
  readonly release: string
  /** How much more of addresses than of memory the program may reserve. */
  readonly addressRoomBytes: number | undefined
  /** Whether nothing but the program is there, so that all processes can be ended after it. Default true. */
  readonly isAlone?: boolean
}

/** The exit code of a sandbox whose files do not fit into it. */
export const FULL = 122

/** Said on descriptor 3 when the sandbox stands and its limits have taken. */
export const READY = 'ready\n'

/**
 * The shell that stands in front of a program: it copies the files in, sets the limits, runs the program, ends what the
 * program left running, and writes the files out as an archive on descriptor 3.
 */
export function wrapped(command: readonly string[], limits: ExecutionLimits, options: Wrapping): string[] {
  const { copy, inside, isAlone = true } = options
  const set = limitCommands(limits, options)
  const folder = `'${inside.replaceAll("'", String.raw`'\''`)}'`
  const lines = [
    ...(copy ? [`cp -R -p ${FILES}/. ${folder}/ 2>/dev/null || exit ${FULL}`] : []),
    `( { ${set} && printf '${READY.trim()}\\n' >&3; } || exit 125; exec "$@" 3>&- )`,
    'code=$?',
    ...(isAlone ? ['kill -9 -1 2>/dev/null'] : []),
    ...(copy ? [`tar -C ${folder} --format=gnu -cf - . >&3 2>/dev/null`] : []),
    'exit $code',
  ]
  return ['/bin/sh', '-c', lines.join('\n'), 'sandbox', ...command]
}
