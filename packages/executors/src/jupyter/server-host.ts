import type { CodeBlock, ExecuteOptions, Isolation } from 'conversable'
import { ArtifactCollector } from '../artifacts.ts'
import { refused } from '../check-execution.ts'
import { writeInto } from '../code-file.ts'
import { FILE_NAME_ADVICE, isFileName } from '../file-name.ts'
import { languageNamed } from '../languages.ts'
import { quote } from '../quote.ts'
import type { BlockEnd, BlockRunner, BlockTurn } from '../run-blocks.ts'
import { WorkFolder } from '../work-folder.ts'
import { ServerClient, type JupyterServer } from './jupyter-server.ts'
import type { ExecutionRequest, KernelHost } from './kernel-host.ts'
import type { Kernel } from './kernel.ts'
import { lineReader } from './line-reader.ts'
import { runCell } from './run-cell.ts'
import { startServerKernel } from './server-kernel.ts'

/** Keeps a kernel on a Jupyter server. What stands around it there is the server's affair. */
export class ServerHost implements KernelHost {
  readonly languages: readonly string[] = Object.freeze(['python', 'py', 'python3'])
  readonly isolation: Isolation = Object.freeze({
    files: false,
    network: 'open',
    secrets: false,
    processes: false,
    limits: 'time-only',
    boundary: 'none',
  })
  readonly #server: ServerClient
  /** Where that is saved which programs display. */
  readonly #workDir: string | undefined
  /** Kernels that are being deleted. */
  readonly #leaving = new Set<Promise<void>>()
  #folder: WorkFolder | undefined
  #kernel: Kernel | undefined

  constructor(server: JupyterServer, workDir: string | undefined) {
    this.#server = new ServerClient(server)
    this.#workDir = workDir
  }

  async runner({ limits, options, signal }: ExecutionRequest): Promise<BlockRunner> {
    const folder = (this.#folder ??= await WorkFolder.open(this.#workDir))
    const kernel = await this.#start(signal)
    if (kernel) await writeFiles(kernel, options.files ?? {})
    const collector = await ArtifactCollector.start(folder.path)
    const request = {
      limits,
      env: options.env,
      readLine: lineReader(options.stdin),
      save: async (name: string, content: string | Uint8Array) => {
        await writeInto(folder.path, { name, content })
        return `${folder.path}/${name}`
      },
    }
    return {
      limits,
      run: (block, turn) =>
        this.#run(block, turn, (running) => runCell(running, { ...request, code: block.code }, turn)),
      artifacts: async () => (await collector.collect()).map((file) => ({ ...file, origin: 'display' })),
    }
  }

  async restart(): Promise<void> {
    await this.#kernel?.end()
    await this.#folder?.clear()
  }

  async dispose(): Promise<void> {
    await this.#kernel?.end()
    await Promise.all(this.#leaving)
    await this.#folder?.dispose()
  }

  async #run(block: CodeBlock, turn: BlockTurn, run: (kernel: Kernel) => Promise<BlockEnd>): Promise<BlockEnd> {
    const { language, code, filename } = block
    if (languageNamed(language)?.name !== 'python') {
      return { exitCode: 1, reason: 'unsupported-language', note: `\nunknown language ${language}` }
    }
    if (filename !== undefined && !isFileName(filename)) {
      return { exitCode: 1, reason: 'bad-filename', note: 'Filename is not in the workspace' }
    }
    const kernel = await this.#start(turn.signal)
    if (!kernel) return { exitCode: 137, reason: 'aborted' }
    if (filename !== undefined) await writeFiles(kernel, { [filename]: code })
    return run(kernel)
  }

  /** Gives the kernel; nothing if it is called off. */
  async #start(signal: AbortSignal): Promise<Kernel | undefined> {
    if (this.#kernel && !this.#kernel.isEnded) return this.#kernel
    this.#kernel = await startServerKernel(this.#server, signal, (leaving) => this.#keep(leaving))
    return this.#kernel
  }

  #keep(leaving: Promise<void>): void {
    this.#leaving.add(leaving)
    void leaving.then(() => this.#leaving.delete(leaving))
  }
}

/** Writes files where the kernel works. */
async function writeFiles(kernel: Kernel, files: NonNullable<ExecuteOptions['files']>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    if (!isFileName(name)) throw refused(`${quote(name)} is no name for a file. ${FILE_NAME_ADVICE}`)
    const base64 = Buffer.from(content).toString('base64')
    const writing = kernel.client.run(
      `
def _write(name, data):
    import base64, os
    os.makedirs(os.path.dirname(name) or '.', exist_ok=True)
    with open(name, 'wb') as file:
        file.write(base64.b64decode(data))
_write(${JSON.stringify(name)}, ${JSON.stringify(base64)})
del _write`,
      {},
      { silent: true },
    )
    await Promise.race([writing, kernel.ended])
  }
}
