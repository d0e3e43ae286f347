import { tmpdir } from 'node:os'
import { mkdtempSync, rmSync } from 'node:fs'
import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { denoCommand } from './deno-command.ts'
import { findPyodide } from './peers.ts'
import { PythonProcess, type PythonEnd, type PythonTurn } from './python-process.ts'
import { cacheFolder, SnapshotFile } from './snapshot.ts'
import { denoPath, missing } from './wasm-errors.ts'

/** How long a process is kept, about, in time of a processor. */
const LIFE_SECONDS = 3600
/** The most memory that an engine can have, whatever a program may. */
const HEAP_BYTES = 512 * 1024 * 1024

/** A Python that is started when it is first needed, kept for the next program, and replaced when it has to be. */
export class KeptPython {
  readonly #asked: string | undefined
  #process: PythonProcess | undefined
  #startedAt = 0
  /** How much time of a processor the process may take in its life. */
  #seconds = 0
  #draft: string | undefined
  #snapshot: SnapshotFile | undefined
  #ownFolder: string | undefined

  /** @param cache - Where the state of a Python that is ready is kept. Default: the user's folder of caches. */
  constructor(cache?: string) {
    this.#asked = cache
  }

  /**
   * Runs a program.
   *
   * @throws CodeExecutorError when Deno or Pyodide is missing, or the process is lost.
   */
  async run(turn: PythonTurn): Promise<PythonEnd> {
    const process = await this.#processFor(turn.timeoutMs / 1000)
    void process.whenReady().then(() => this.#keepSnapshot(process))
    return process.run(turn)
  }

  /** Ends the process, and waits until it is gone. The next program starts a new one. */
  async end(): Promise<void> {
    const process = this.#process
    this.#process = undefined
    await process?.end()
    if (this.#ownFolder !== undefined) rmSync(this.#ownFolder, { recursive: true, force: true })
    this.#ownFolder = undefined
    this.#snapshot = undefined
  }

  async #processFor(seconds: number): Promise<PythonProcess> {
    // The system ends a process that has taken its time, so that none outlives its host for ever.
    const isWorn = (performance.now() - this.#startedAt) / 1000 + seconds > this.#seconds / 2
    if (this.#process?.isUsable && !isWorn) return this.#process
    await this.#process?.end()
    this.#seconds = 4 * seconds + LIFE_SECONDS
    this.#startedAt = performance.now()
    return (this.#process = this.#start())
  }

  #start(): PythonProcess {
    const pyodide = findPyodide()
    if (typeof pyodide === 'string') throw missing(pyodide)
    this.#snapshot ??= new SnapshotFile(this.#folder(), pyodide.version)
    const snapshot = this.#snapshot
    const draft = snapshot.exists ? undefined : snapshot.draft()
    this.#draft = draft
    const folder = pyodide.folder + sep
    const command = denoCommand(denoPath(), {
      child: 'python-child',
      args: [folder, pathToFileURL(folder).href, snapshot.path, draft ?? ''],
      readable: [pyodide.folder, snapshot.path],
      writable: draft === undefined ? [] : [draft],
      heapBytes: HEAP_BYTES,
      cpuSeconds: this.#seconds,
    })
    return new PythonProcess(command)
  }

  #folder(): string {
    const shared = cacheFolder(this.#asked)
    if (shared !== undefined) return shared
    this.#ownFolder = mkdtempSync(join(tmpdir(), 'conversable-'))
    return this.#ownFolder
  }

  #keepSnapshot(process: PythonProcess): void {
    const draft = this.#draft
    this.#draft = undefined
    // What no process can start from is made anew.
    if (process.hasFailed) this.#snapshot?.forget()
    if (draft === undefined) return
    if (process.isUsable) this.#snapshot?.keep(draft)
    else rmSync(draft, { force: true })
  }
}
