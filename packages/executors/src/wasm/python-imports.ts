import { sayTouched } from './child-io.ts'

/** A function that the engine is given by its surroundings. */
export type ImportedFunction = (...values: readonly unknown[]) => unknown

const CLOCKS = 'clock_res_get clock_time_get emscripten_date_now emscripten_get_now emscripten_get_now_res'
const TIMES = '_localtime_js _gmtime_js _mktime_js _timegm_js _tzset_js strftime strftime_l'
const MEMORY = 'emscripten_get_heap_max emscripten_resize_heap _emscripten_memcpy_js emscripten_memcpy_js'
const OTHER = 'environ_get environ_sizes_get random_get getentropy emscripten_stack_snapshot _try_fcntl64'
const FILES = 'fd_close fd_fdstat_get fd_pread fd_pwrite fd_read fd_seek fd_sync fd_write'
const SYSTEM_CALLS =
  'chdir chmod dup dup3 faccessat fadvise64 fallocate fchdir fchmod fchmodat2 fchown32 fchownat fcntl64 fdatasync ' +
  'fstat64 fstatfs64 ftruncate64 getcwd getdents64 ioctl lstat64 mkdirat newfstatat openat pipe poll readlinkat ' +
  'renameat rmdir stat64 statfs64 symlinkat truncate64 unlinkat utimensat'

/**
 * What Python may ask of its surroundings without changing them: clocks, chance, memory, and files in its own file
 * system, which is put back after each program.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  ...[CLOCKS, TIMES, MEMORY, OTHER, FILES].join(' ').split(' '),
  ...SYSTEM_CALLS.split(' ').map((name) => `__syscall_${name}`),
])

/** Stands between the engine and its surroundings, and says when a program reaches for more than is put back. */
export class ImportGuard {
  #mostBytes = 2 ** 31
  #wasFull = false
  #watches = false

  /** Whether the program has asked for more memory than it may have. */
  get wasFull(): boolean {
    return this.#wasFull
  }

  /** Begins to watch a program. */
  begin(mostBytes: number): void {
    this.#mostBytes = mostBytes
    this.#wasFull = false
    this.#watches = true
  }

  /** Gives what the engine gets in place of a function. */
  replace(name: string, imported: ImportedFunction): ImportedFunction {
    if (name === 'emscripten_resize_heap') return (bytes) => this.#resize(Number(bytes) >>> 0, imported)
    if (HARMLESS.has(name) || name.startsWith('invoke_')) return imported
    return (...values) => {
      this.touch(name)
      return imported(...values)
    }
  }

  /** Says once for each program, before anything has happened, that its process is not to run another. */
  touch(name: string): void {
    if (!this.#watches) return
    this.#watches = false
    sayTouched(name)
  }

  /** Begins to leave the engine alone. */
  end(): void {
    this.#watches = false
  }

  #resize(bytes: number, imported: ImportedFunction): unknown {
    if (bytes <= this.#mostBytes) return imported(bytes)
    this.#wasFull = true
    return 0
  }
}
