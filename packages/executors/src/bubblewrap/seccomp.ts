import { endianness } from 'node:os'

/** Numbers of system calls, on x64 and on arm64. */
type Numbers = readonly [x64: number, arm64: number]

/** Calls that no program of an agent needs: they look into other processes, change the machine, or are fresh and complex. */
const REFUSED: Readonly<Record<string, Numbers>> = Object.freeze({
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  pidfd_getfd: [438, 438],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  unshare: [272, 97],
  setns: [308, 268],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  open_by_handle_at: [304, 265],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  quotactl: [179, 60],
  reboot: [169, 142],
  syslog: [103, 116],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  move_pages: [279, 239],
})
const CLONE: Numbers = [56, 220]
const CLONE3: Numbers = [435, 435]
const SOCKET: Numbers = [41, 198]
const IOCTL: Numbers = [16, 29]

/** What `linux/audit.h` calls the two machines. */
const ARCHITECTURES = Object.freeze({ x64: 0xc000_003e, arm64: 0xc000_00b7 })
/** Flags of `clone` that make namespaces. */
const NEW_NAMESPACES = 0x7e02_0000
/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK. Others, such as AF_VSOCK, are not bound to the sandbox's network. */
const SOCKET_FAMILIES = [1, 2, 10, 16]
/** TIOCSTI and TIOCLINUX, which type into a terminal. */
const TERMINAL_REQUESTS = [0x5412, 0x541c]

const ALLOW = 0x7fff_0000
const KILL = 0x8000_0000
const error = (errno: number): number => 0x0005_0000 + errno
const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97]

type Instruction = readonly [code: number, jumpIf: number, jumpElse: number, value: number]

const load = (offset: number): Instruction => [0x20, 0, 0, offset]
const give = (value: number): Instruction => [0x06, 0, 0, value]
/** Goes on with the next instruction if the value is this one, and otherwise skips some. */
const equals = (value: number, skip: number): Instruction => [0x15, 0, skip, value]
const [NUMBER, ARCHITECTURE, FIRST, SECOND] = [0, 4, 16, 24]

/**
 * A filter of system calls as the kernel reads it: what a program of an agent does not need answers with an error. It
 * is a second fence behind the namespaces, for faults of the kernel that take an unusual call.
 *
 * @returns Nothing where the numbers of the calls are not known.
 */
export function seccompFilter(arch: string = process.arch): Uint8Array | undefined {
  if ((arch !== 'x64' && arch !== 'arm64') || endianness() !== 'LE') return undefined
  const column = arch === 'x64' ? 0 : 1
  const on = (numbers: Numbers, body: readonly Instruction[]): Instruction[] => [
    equals(numbers[column], body.length),
    ...body,
  ]
  return encoded([
    load(ARCHITECTURE),
    equals(ARCHITECTURES[arch], 1),
    [0x05, 0, 0, 1],
    give(KILL),
    load(NUMBER),
    // Numbers of another convention of the same machine.
    [0x35, 0, 1, 0x4000_0000],
    give(error(ENOSYS)),
    ...Object.values(REFUSED).flatMap((numbers) => on(numbers, [give(error(EPERM))])),
    // Its flags lie in memory, where a filter cannot look: programs then use the older call.
    ...on(CLONE3, [give(error(ENOSYS))]),
    ...on(CLONE, [load(FIRST), [0x45, 0, 1, NEW_NAMESPACES], give(error(EPERM)), give(ALLOW)]),
    ...on(SOCKET, [
      load(FIRST),
      ...SOCKET_FAMILIES.flatMap((family) => [equals(family, 1), give(ALLOW)]),
      give(error(EAFNOSUPPORT)),
    ]),
    ...on(IOCTL, [
      load(SECOND),
      ...TERMINAL_REQUESTS.flatMap((request) => [equals(request, 1), give(error(EPERM))]),
      give(ALLOW),
    ]),
    give(ALLOW),
  ])
}

function encoded(program: readonly Instruction[]): Uint8Array {
  const bytes = Buffer.alloc(8 * program.length)
  program.forEach(([code, jumpIf, jumpElse, value], index) => {
    bytes.writeUInt16LE(code, 8 * index)
    bytes.writeUInt8(jumpIf, 8 * index + 2)
    bytes.writeUInt8(jumpElse, 8 * index + 3)
    bytes.writeUInt32LE(value, 8 * index + 4)
  })
  return new Uint8Array(bytes)
}
